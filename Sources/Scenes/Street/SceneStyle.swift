/// How often things occur in the streets of a data set. Tuned only to match the real data set's
/// class shares (see `ClassShares`).
struct SceneStyle {
  /// Chance that a whole side of a street is green instead of built up.
  var greenSide: Float
  /// Chance of a gap between two houses.
  var gap: Float
  var buildingHeight: ClosedRange<Float>
  /// Widths in meters.
  var lane: ClosedRange<Float>
  /// Chance of four lanes instead of two.
  var fourLanes: Float
  /// Width of lane markings.
  var marking: ClosedRange<Float>
  var sidewalk: ClosedRange<Float>
  /// Chance of a strip of grass between sidewalk and houses.
  var grass: Float
  /// Share of parking places taken, in streets that have them.
  var parkedCars: ClosedRange<Float>
  /// Chance that a side of a street has a parking strip.
  var parkingStrip: Float
  /// Meters between moving vehicles.
  var trafficSpacing: ClosedRange<Float>
  /// Shares of larger vehicles among the moving ones.
  var truck: Float
  var bus: Float
  /// Chance of a tram line in the street.
  var tram: Float
  /// Chance of rows of trees, and of a tree at each place in them.
  var avenue: Float
  /// Things per 100 m of street, both sides together.
  var bushes: Float
  var pedestrians: Float
  var crossingPedestrians: Float
  var parkedBicycles: Float
  var riders: Float
  var motorcycles: Float
  var signs: Float
  var lamps: Float
  var bollards: Float
  var clutter: Float
  /// Chance, by side, of a fence or wall along the green or the kerb.
  var fence: Float
  var wall: Float
  /// Chance, by side, of an enclosed strip in front of the houses.
  var frontYard: Float
  /// Chance of a crossroads with traffic lights.
  var crossroads: Float
  /// Where along the street it is; the first camera is at 0.
  var crossroadsPlace: ClosedRange<Float>
  /// Chance of a signaled crosswalk, besides the crossroads.
  var crosswalk: Float
  /// Whether riders are a separate class; otherwise they are persons.
  var hasRiders: Bool

  static let synthia = SceneStyle(
    greenSide: 0.28, gap: 0.14, buildingHeight: 5...11, lane: 3.2...3.8, fourLanes: 0.5,
    marking: 0.2...0.35, sidewalk: 3...6, grass: 0, parkedCars: 0.1...0.6, parkingStrip: 0.5,
    trafficSpacing: 18...65, truck: 0, bus: 0, tram: 0, avenue: 0.5, bushes: 5, pedestrians: 55,
    crossingPedestrians: 3, parkedBicycles: 1.5, riders: 1.2, motorcycles: 0, signs: 8, lamps: 7,
    bollards: 9, clutter: 2, fence: 0.45, wall: 0, frontYard: 0.25, crossroads: 0.75,
    crossroadsPlace: -8...24,
    crosswalk: 0.9, hasRiders: false)

  static let cityscapes = SceneStyle(
    greenSide: 0.3, gap: 0.15, buildingHeight: 9...22, lane: 3...3.7, fourLanes: 0.25,
    marking: 0.12...0.16, sidewalk: 1.8...4.5, grass: 0.75, parkedCars: 0.1...0.6,
    parkingStrip: 0.5, trafficSpacing: 24...100, truck: 0.08, bus: 0.05, tram: 0.07, avenue: 0.6,
    bushes: 6, pedestrians: 21, crossingPedestrians: 2, parkedBicycles: 7, riders: 1.6,
    motorcycles: 0.4, signs: 5, lamps: 4, bollards: 3, clutter: 3, fence: 0.5, wall: 0.45,
    frontYard: 0.35, crossroads: 0.75, crossroadsPlace: 14...60, crosswalk: 0.3, hasRiders: true)
}
