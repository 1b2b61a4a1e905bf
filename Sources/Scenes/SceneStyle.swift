/// How often things occur in the streets of a data set. Tuned only until class shares follow the
/// real data set's (see `ClassShares`).
struct SceneStyle {
  /// Chance that a whole side of a street is green instead of built up.
  var greenSide: Float
  /// Chance of a gap between two houses.
  var gap: Float
  var buildingHeight: ClosedRange<Float>
  /// Widths in metres.
  var lane: ClosedRange<Float>
  var sidewalk: ClosedRange<Float>
  /// Chance of a strip of grass between sidewalk and houses.
  var grass: Float
  /// Share of parking places taken, in streets that have them.
  var parkedCars: ClosedRange<Float>
  /// Chance that a side of a street has a parking strip.
  var parkingStrip: Float
  /// Metres between vehicles that drive.
  var trafficSpacing: ClosedRange<Float>
  /// Shares of larger vehicles among the driving.
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
  /// Chance of a crossroads with traffic lights.
  var crossroads: Float
  /// Whether riders are a class of their own; else they are persons.
  var hasRiders: Bool

  static let synthia = SceneStyle(
    greenSide: 0.12, gap: 0.12, buildingHeight: 7...22, lane: 3.2...3.8, sidewalk: 3...6,
    grass: 0, parkedCars: 0.2...0.7, parkingStrip: 0.5, trafficSpacing: 16...50, truck: 0,
    bus: 0, tram: 0, avenue: 0.4, bushes: 4, pedestrians: 14, crossingPedestrians: 1,
    parkedBicycles: 1, riders: 0.6, motorcycles: 0, signs: 5, lamps: 5, bollards: 4, clutter: 2,
    fence: 0.3, wall: 0, crossroads: 0.6, hasRiders: false)

  static let cityscapes = SceneStyle(
    greenSide: 0.3, gap: 0.15, buildingHeight: 8...20, lane: 3...3.7, sidewalk: 1.8...4.5,
    grass: 0.35, parkedCars: 0.2...0.9, parkingStrip: 0.6, trafficSpacing: 14...60, truck: 0.08,
    bus: 0.05, tram: 0.06, avenue: 0.6, bushes: 6, pedestrians: 12, crossingPedestrians: 1,
    parkedBicycles: 3, riders: 1, motorcycles: 1, signs: 6, lamps: 6, bollards: 5, clutter: 3,
    fence: 0.35, wall: 0.25, crossroads: 0.5, hasRiders: true)
}
