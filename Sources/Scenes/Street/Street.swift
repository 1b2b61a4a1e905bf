import Foundation
import Tensors

/// The plan of one street: its cross-section and where it is crossed. Street coordinates, in
/// meters, are s along the middle line and l to its right.
struct Street {
  var random: RandomSource
  let style: SceneStyle
  /// The street coordinates between which the street exists.
  let extent: ClosedRange<Float>
  /// Seconds since the scene's first frame, by which traffic has moved.
  let time: Float
  /// Speed of the camera's car, meters per second.
  let speed: Float
  let bend: Float
  let lanes: Int
  let lane: Float
  /// Parking strips left and right, meters.
  let parking: (left: Float, right: Float)
  let sidewalk: Float
  let grass: Float
  /// Where a street crosses, and how wide it is.
  let crossing: (s: Float, width: Float)?
  /// Where the street ends in a row of houses.
  let end: Float
  /// 0 spring, 1 autumn.
  let season: Float
  let hasTram: Bool
  var mesh = Mesh()
  var lighting: Lighting

  /// Half of the roadway, including parking strips.
  var kerbLeft: Float { -Float(lanes) * lane / 2 - parking.left }
  var kerbRight: Float { Float(lanes) * lane / 2 + parking.right }
  /// Lateral positions of the facades.
  var wallLeft: Float { kerbLeft - sidewalk - grass }
  var wallRight: Float { kerbRight + sidewalk + grass }
  /// The camera's lane.
  var ownLane: Float { lane / 2 }

  /// - Parameters:
  ///   - seed: the scene's seed, which all of its frames share.
  ///   - extent: how far the street reaches behind (negative) and ahead of its first camera.
  init(
    style: SceneStyle, seed: UInt64, scene: Int, extent: ClosedRange<Float>, time: Float
  ) {
    var random = RandomSource(seed: seed, purpose: "street scene", counter: UInt64(scene))
    self.style = style
    self.extent = extent
    self.time = time
    speed = random.float(4...10)
    bend = random.chance(0.5) ? 0 : random.float(-0.0009...0.0009)
    lanes = random.chance(style.fourLanes) ? 4 : 2
    lane = random.float(style.lane)
    let strips = (0..<2).map { _ in random.chance(style.parkingStrip) ? Float(2.1) : 0 }
    parking = (strips[0], strips[1])
    sidewalk = random.float(style.sidewalk)
    grass = random.chance(style.grass) ? random.float(1.5...6) : 0
    let width = random.float(7...11)
    let place = random.float(style.crossroadsPlace)
    crossing = random.chance(style.crossroads) ? (place, width) : nil
    end = random.float(90...150)
    season = random.float(0...0.75)
    hasTram = random.chance(style.tram)
    lighting = Lighting(random: &random)
    self.random = random
    lighting.skyline = Skyline(
      distance: (wallRight - wallLeft) / 2, start: extent.lowerBound,
      left: Array(repeating: 0, count: Int((extent.upperBound - extent.lowerBound) / 4) + 1),
      right: Array(repeating: 0, count: Int((extent.upperBound - extent.lowerBound) / 4) + 1),
      bend: bend)
    layGround()
    build(side: -1)
    build(side: 1)
    enclose(side: -1)
    enclose(side: 1)
    closeView()
    furnish(side: -1)
    furnish(side: 1)
    addCrossing()
    addTraffic()
    addPeople()
  }

  /// The frame at a place on the street, forward along it.
  func at(_ s: Float, _ l: Float, _ height: Float = 0) -> Frame {
    Frame(origin: Vector(bend * s * s + l, height, s), heading: atan(2 * bend * s))
  }

  /// Kerb and wall of a side (-1 left, 1 right).
  func kerb(_ side: Float) -> Float { side < 0 ? kerbLeft : kerbRight }
  func facade(_ side: Float) -> Float { side < 0 ? wallLeft : wallRight }
  /// Height of the sidewalk.
  static let step: Float = 0.13

  /// Whether a place is on the crossing street, or nearer to it than `margin`.
  func isCrossing(_ s: Float, margin: Float = 0) -> Bool {
    guard let crossing else { return false }
    return abs(s - crossing.s) < crossing.width / 2 + margin
  }

  /// Places for `perHundred` things per 100 m of street, uniformly spread, off the crossing.
  mutating func places(_ perHundred: Float, margin: Float = 1) -> [Float] {
    let length = min(end, extent.upperBound) - extent.lowerBound
    let count = random.count(perHundred * length / 100)
    return (0..<count).map { _ in random.float(extent.lowerBound...min(end, extent.upperBound)) }
      .filter { !isCrossing($0, margin: margin) }
  }
}
