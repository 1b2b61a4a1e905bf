import Metrics
import TestSupport
import Testing
import Tensors

import Statistics

/// Evaluations made up with a known truth: class c of an image is right with a probability that the
/// image, the seed and the loss shift.
private struct SyntheticSweep {
  var images = 24
  var seeds = 3
  /// Standard deviations of the shifts.
  var ofImages = 0.08
  var ofSeeds = 0.02
  private static let classes = 3

  /// The runs of one loss: `shift` is its effect on the probability.
  func runs(shift: Double, loss: Int, experiment: Int) -> [ResampledRun] {
    (0..<seeds).map { seed in
      var shared = RandomSource(seed: UInt64(experiment), purpose: "images")
      var own = RandomSource(
        seed: UInt64(experiment), purpose: "loss \(loss)", counter: UInt64(seed))
      let ofSeed = ofSeeds * own.normal()
      let matrices = (0..<images).map { _ in
        let ofImage = ofImages * shared.normal()
        var counts: [Int] = []
        for c in 0..<Self.classes {
          let pixels = 200 + shared.below(400)
          let p = min(1, max(0, 0.6 + 0.1 * Double(c) + shift + ofSeed + ofImage))
          let noise = (p * (1 - p) / Double(pixels)).squareRoot() * own.normal()
          let right = min(pixels, max(0, Int((p + noise) * Double(pixels))))
          var row = [Int](repeating: (pixels - right) / 2, count: Self.classes)
          row[c] = pixels - row.enumerated().reduce(0) { $0 + ($1.offset == c ? 0 : $1.element) }
          counts += row
        }
        return ConfusionMatrix(classes: Self.classes, counts: counts)
      }
      return ResampledRun(matrices, replicates: 120)
    }
  }

  func difference(_ score: ClassMean, shift: Double, experiment: Int) -> Estimate? {
    let pairs = zip(
      runs(shift: shift, loss: 1, experiment: experiment),
      runs(shift: 0, loss: 0, experiment: experiment))
    return Estimate(score, of: pairs.map { (candidate: $0.0, reference: $0.1) })
  }
}

@Suite struct EstimateTests {
  /// A loss that differs in nothing is taken for different about one time in twenty; with two seeds
  /// rather less often.
  @Test(arguments: [(2, 0.0), (3, 0.02), (6, 0.02)])
  func aNullEffectIsFlaggedFivePercentOfTheTime(seeds: Int, least: Double) throws {
    let sweep = SyntheticSweep(seeds: seeds)
    let experiments = 500
    let flagged = try (0..<experiments).reduce(0) { count, experiment in
      let estimate = try #require(
        sweep.difference(.meanIoU, shift: 0, experiment: experiment))
      return count + (estimate.pValue < 0.05 ? 1 : 0)
    }
    let share = Double(flagged) / Double(experiments)
    #expect(share >= least && share < 0.085, "\(share) of experiments with \(seeds) seeds")
  }

  /// With one seed only the images are drawn; so without an effect of seeds, too.
  @Test func aNullEffectOfOneSeedIsFlaggedFivePercentOfTheTime() throws {
    let sweep = SyntheticSweep(seeds: 1, ofSeeds: 0)
    let experiments = 500
    let flagged = try (0..<experiments).reduce(0) { count, experiment in
      let estimate = try #require(
        sweep.difference(.meanAccuracy, shift: 0, experiment: experiment))
      #expect(estimate.seeds == 1)
      return count + (estimate.pValue < 0.05 ? 1 : 0)
    }
    let share = Double(flagged) / Double(experiments)
    #expect(share > 0.02 && share < 0.09, "\(share) of experiments")
  }

  @Test func aLargeEffectIsAlwaysFlagged() throws {
    let sweep = SyntheticSweep(ofSeeds: 0.005)
    for experiment in 0..<60 {
      let estimate = try #require(sweep.difference(.meanIoU, shift: -0.2, experiment: experiment))
      #expect(estimate.value < 0)
      #expect(estimate.pValue < 0.01 && estimate.interval.upperBound < 0, "\(experiment)")
    }
  }

  /// The interval of a mean over seeds and images that could have been others holds the truth.
  @Test func ninetyFivePercentOfIntervalsHoldTheTruth() throws {
    let sweep = SyntheticSweep(seeds: 3)
    let truth = 0.7
    let experiments = 400
    let held = try (0..<experiments).reduce(0) { count, experiment in
      let runs = sweep.runs(shift: 0, loss: 0, experiment: experiment)
      let estimate = try #require(Estimate(.meanAccuracy, of: runs))
      return count + (estimate.interval.contains(truth) ? 1 : 0)
    }
    let share = Double(held) / Double(experiments)
    #expect(share > 0.91 && share < 0.99, "\(share) of intervals")
  }

  /// Images that all runs find hard alike do not blur a difference.
  @Test func differencesArePaired() throws {
    let sweep = SyntheticSweep(images: 40, ofImages: 0.15, ofSeeds: 0.002)
    let paired = try #require(sweep.difference(.meanAccuracy, shift: 0.02, experiment: 7))
    let alone = try #require(
      Estimate(.meanAccuracy, of: sweep.runs(shift: 0.02, loss: 1, experiment: 7)))
    #expect(paired.standardError < alone.standardError / 3)
    #expect(abs(paired.value - 0.02) < 0.01)
  }

  @Test func scoresAreThoseOfTheConfusionMatrix() throws {
    let matrix = ConfusionMatrix(classes: 3, counts: [5, 1, 0, 2, 2, 0, 0, 0, 0])
    let totals = ClassTotals(matrix)
    #expect(ClassMean.meanAccuracy(totals) == matrix.meanAccuracy)
    #expect(ClassMean.meanIoU(totals) == matrix.meanIoU)
    for c in 0..<3 {
      for metric in Metric.all {
        #expect(ClassMean(metric, over: [c], named: "c")(totals) == matrix.score(metric, of: c))
      }
    }
  }

  /// Bit by bit the deviation of scores of added matrices, one draw after the other.
  @Test func drawsAreOfWholeImages() throws {
    var random = RandomSource(seed: 3, purpose: "matrices")
    let images = (0..<7).map { _ in
      ConfusionMatrix(classes: 3, counts: (0..<9).map { $0 == 8 ? 0 : random.below(20) })
    }
    for score in [ClassMean.meanIoU, .meanAccuracy, ClassMean(.precision, over: [2], named: "2")] {
      let drawn = (0..<50).compactMap { draw -> Double? in
        var random = RandomSource(seed: 7, purpose: "bootstrap", counter: UInt64(draw))
        let chosen = images.map { _ in images[random.below(images.count)] }
        return score(chosen.dropFirst().reduce(chosen[0], +))
      }
      let mean = drawn.reduce(0, +) / Double(drawn.count)
      let squares = drawn.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      let estimate = try #require(Estimate(score, of: [ResampledRun(images, replicates: 50)]))
      #expect(estimate.standardError == (squares / Double(drawn.count - 1)).squareRoot())
      #expect(estimate.value == score(images.dropFirst().reduce(images[0], +)))
    }
  }

  @Test func whatCannotBeComparedIsNot() {
    let a = SyntheticSweep().runs(shift: 0, loss: 0, experiment: 1)
    let b = SyntheticSweep().runs(shift: 0, loss: 0, experiment: 2)
    #expect(Estimate(.meanIoU, of: zip(a, b).map { (candidate: $0, reference: $1) }) == nil)
    #expect(Estimate(.meanIoU, of: [ResampledRun]()) == nil)
    let one = ConfusionMatrix(classes: 2, counts: [1, 0, 0, 1])
    #expect(Estimate(.meanIoU, of: [ResampledRun([one])]) == nil)
    #expect(
      Estimate(
        ClassMean(.accuracy, over: [1], named: "1"),
        of: [
          ResampledRun([
            ConfusionMatrix(classes: 2, counts: [1, 0, 0, 0]),
            ConfusionMatrix(classes: 2, counts: [3, 1, 0, 0]),
          ])
        ]) == nil)
  }

  /// Runs that are the same in every image differ in nothing, with certainty.
  @Test func theSameRunsDoNotDiffer() throws {
    let runs = SyntheticSweep().runs(shift: 0, loss: 0, experiment: 3)
    let estimate = try #require(
      Estimate(.meanIoU, of: runs.map { (candidate: $0, reference: $0) }))
    #expect(estimate.value == 0 && estimate.pValue == 1 && estimate.interval == 0...0)
  }
}
