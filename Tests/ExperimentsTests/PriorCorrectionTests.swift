import Experiments
import Files
import Foundation
import Metrics
import Tensors
import TestSupport
import Testing

@Suite("Prior correction")
struct PriorCorrectionTests {
  private let compute = Compute(threads: 2)

  /// Two classes that are seen as x = -1 and x = 1 with normal noise: the posterior's log odds are
  /// 2 x / sigma^2 plus the log odds of the priors.
  @Test func isBayesRuleForTheOtherPrior() {
    let pixels = [900, 100]
    let positions = (-40...40).map { Float($0) / 10 + 0.03 }
    let logOdds = positions.map { 2 * $0 + log(Float(100) / 900) }
    let logits = Tensor(
      Shape(n: 1, h: 1, w: positions.count, c: 2), logOdds.flatMap { [-$0 / 2, $0 / 2] })
    for (tau, prior) in [(0.0, [0.9, 0.1]), (0.5, [0.75, 0.25]), (1.0, [0.5, 0.5])] {
      let correction = PriorCorrection(taus: [tau], classPixels: pixels)
      // Likelihood times prior; tau takes the training prior to the power 1 - tau.
      let bayes = positions.map { x -> UInt8 in
        2 * Double(x) + log(prior[1] / prior[0]) > 0 ? 1 : 0
      }
      #expect(correction.predict(logits, tau: tau, compute) == bayes)
    }
  }

  @Test func leavesThePredictionsAtTauZero() {
    var random = RandomSource(seed: 1, purpose: "prior correction")
    let values = (0..<2 * 9 * 7 * 5).map { _ in Float(random.uniform(-4...4)) }
    let logits = Tensor(Shape(n: 2, h: 9, w: 7, c: 5), values)
    let correction = PriorCorrection(taus: [0], classPixels: [1, 7, 0, 900, 40])
    #expect(correction.predict(logits, tau: 0, compute) == argmax(logits: logits))
  }

  @Test func leavesAClassWithoutTrainingPixelsAsItIs() {
    let correction = PriorCorrection(taus: [1], classPixels: [50, 0, 50])
    #expect(correction.logShares[1] == 0)
    let logits = Tensor(Shape(n: 1, h: 1, w: 2, c: 3), [0, 0.6, 0, 0, 0.8, 0])
    #expect(correction.predict(logits, tau: 1, compute) == [0, 1])
  }

  @Test func matricesComeBackFromTheArchive() throws {
    let temporary = try TemporaryFolder()
    let sweep = SweepFolder(temporary.url)
    let folder = try RunFolder(sweep, configuration: exampleConfiguration())
    let matrices = [
      exampleConfusions,
      [
        ConfusionMatrix(classes: 2, counts: [3, 3, 1, 6]),
        ConfusionMatrix(classes: 2, counts: [1_999_000, 1000, 0, 7]),
      ],
    ]
    let corrected = try CorrectedConfusions(taus: [0, 0.5], matrices)
    try storeExample(folder) { $0.corrected = corrected }
    let stored = try RunFolder.load(folder.url)
    #expect(stored.corrected == corrected)
    #expect(stored.corrected?.matrices(tau: 0) == exampleConfusions)
    #expect(stored.corrected?.matrices(tau: 0.5) == matrices[1])
    #expect(stored.corrected?.matrices(tau: 0.7) == nil)
    _ = try sweep.packRuns()
    #expect(try sweep.loadAll().first?.corrected == corrected)
  }

  @Test func specificationNamesTheStrength() throws {
    #expect(try CorrectedLoss("ce @ 0.5") == CorrectedLoss("ce@0.50"))
    let corrected = try CorrectedLoss("focal(gamma: 2) @ 1")
    #expect(corrected.loss == "focal(gamma: 2)" && corrected.tau == 1)
    #expect(corrected.notation == "focal(gamma: 2) @ 1")
    #expect(try CorrectedLoss("recall").tau == nil)
    // A version of a PyTorch loss, as tables show it.
    let version = try CorrectedLoss("dice@1a6226cf")
    #expect(version.loss == "dice@1a6226cf" && version.tau == nil)
    for wrong in ["ce @ 1.5", "ce @ x", "ce @", "ce @ -0.1", "ce @ nan"] {
      #expect(throws: UserError.self) { try CorrectedLoss(wrong) }
    }
  }

  @Test func aRunIsTakenAtAStrengthItStores() throws {
    var record = exampleRecord
    let none = failure { _ = try record.corrected(tau: 0.5) } ?? ""
    #expect(none.contains("train it again"), "\(none)")
    record.corrected = try CorrectedConfusions(
      taus: [0, 0.5], [exampleConfusions, exampleConfusions.reversed()])
    let run = try record.corrected(tau: 0.5)
    #expect(run.configuration.loss == "ce @ 0.5" && run.confusions == exampleConfusions.reversed())
    let other = failure { _ = try record.corrected(tau: 0.25) } ?? ""
    #expect(other.contains("it has 0.0, 0.5"), "\(other)")
  }
}
