import Experiments
import Files
import Foundation
import Metrics
import TestSupport
import Testing

/// `evaluate: {boundary: true, calibration: true}` in sweep files and in stored runs.
@Suite struct MeasuresTests {
  private func sweep(_ evaluate: String, size: String = "[32, 64]") throws -> Sweep {
    let text = SweepFileTests.text.replacing("size: [32, 64]", with: "size: \(size)")
    return try Sweep(yaml: text + "\nevaluate: {\(evaluate)}", file: "t.yml")
  }

  @Test func sweepFileAsksForThem() throws {
    let runs = try sweep("boundary: true, calibration: true, prior_correction: [0.5]").runs
    #expect(
      runs.allSatisfy {
        $0.evaluation
          == EvaluationConfiguration(priorCorrection: [0.5], boundary: true, calibration: true)
      })
    // Off is as if nothing had been said: the same digest.
    let plain = try Sweep(yaml: SweepFileTests.text, file: "t.yml").runs
    #expect(try sweep("boundary: false, calibration: false").runs == plain)
    #expect(try plain.first?.digest != runs.first?.digest)
  }

  @Test(arguments: [
    ("boundary: maybe", "[32, 64]", "evaluate.boundary must be true or false, not 'maybe'"),
    ("boundry: true", "[32, 64]", "unknown key 'boundry' in evaluate"),
    (
      "boundary: true", "[16, 16]",
      "boundary: 2 % of the diagonal of 16 x 16 pixels (synthia) is less than one pixel"
    ),
  ])
  func mistakesAreNamed(evaluate: String, size: String, message: String) {
    let error = #expect(throws: UserError.self) { _ = try sweep(evaluate, size: size) }
    let line = error?.description ?? ""
    #expect(line.hasPrefix("t.yml:20:") && line.contains(message), "\(line)")
  }

  @Test func countsComeBackFromTheArchiveAndThePack() throws {
    let temporary = try TemporaryFolder()
    let sweep = SweepFolder(temporary.url)
    let folder = try RunFolder(sweep, configuration: exampleConfiguration())
    var record = exampleRecord
    (record.folder, record.configuration) = (folder.url, folder.configuration)
    record.boundaries = [
      BoundaryCounts(shared: [1, 2], truth: [3, 4], predicted: [5, 6]),
      BoundaryCounts(shared: [7, 0], truth: [9, 0], predicted: [2_000_000, 1]),
    ]
    var calibration = Calibration(classes: 2)
    calibration.add(
      logits: [0.5, 0, 1, 3, -2, 0.1].map(Float.init), prediction: [0, 1, 1], truth: [0, 0, 1],
      ignored: 255)
    record.calibration = calibration
    try folder.prepare()
    try folder.saveWeights([])
    try folder.finish(record)
    for pack in [false, true] {
      if pack { _ = try sweep.packRuns() }
      let stored = try #require(try sweep.loadAll().first)
      #expect(stored.boundaries == record.boundaries)
      #expect(stored.calibration == calibration)
      #expect(stored.differences(from: record).isEmpty)
    }
  }
}
