import Metrics
import Testing

@Suite struct CalibrationTests {
  private struct Case: Decodable {
    let classes: Int
    let logits: [[Float]]
    let labels: [UInt8]
    let error: Double
    let byClass: [Double]
    let classwise: Double
  }

  private func counted(_ example: Case, _ pixels: Range<Int>) -> Calibration {
    let logits = example.logits[pixels]
    let prediction = logits.map { row in
      UInt8(row.firstIndex(of: row.max() ?? 0) ?? 0)
    }
    var calibration = Calibration(classes: example.classes)
    calibration.add(
      logits: logits.flatMap(\.self), prediction: prediction, truth: example.labels[pixels],
      ignored: 255)
    return calibration
  }

  @Test func agreesWithNumPy() throws {
    let example = try MetricFixture.read("calibration.json", as: Case.self)
    let all = counted(example, 0..<example.labels.count)
    let parts = counted(example, 0..<200) + counted(example, 200..<example.labels.count)
    for calibration in [all, parts] {
      #expect(abs((calibration.expectedError ?? -1) - example.error) < 1e-12)
      #expect(abs((calibration.classwiseError ?? -1) - example.classwise) < 1e-12)
      for (found, expected) in zip(calibration.classes, example.byClass) {
        #expect(abs((found.error ?? -1) - expected) < 1e-12)
      }
    }
  }

  /// Bins hold their upper edge and not their lower one; the first also holds 0.
  @Test func binsHoldTheirUpperEdge() {
    #expect([0, 0.001, 0.0667, 0.5, 1].map(Reliability.bin) == [0, 0, 1, 7, 14])
    #expect(Reliability.bin(0.2) == 2 && Reliability.bin(0.2.nextUp) == 3)
  }

  /// Two of four pixels right at a probability of about one: an error of one half.
  @Test func certainAndHalfRight() throws {
    var calibration = Calibration(classes: 2)
    calibration.add(
      logits: [900, 0, 900, 0, 0, 900, 0, 900, 5, 5].map(Float.init),
      prediction: [0, 0, 1, 1, 0], truth: [0, 1, 0, 1, 255], ignored: 255)
    #expect(calibration.expectedError == 0.5)
    #expect(calibration.confidence.meanProbability == 1)
    #expect(calibration.confidence.frequency == 0.5)
    #expect(calibration.confidence.pixels[14] == 4)
    // Of each class: certain of it, or of the other, and wrong half of the time.
    #expect(calibration.classwiseError == 0.5)
    #expect(Calibration(classes: 2).expectedError == nil)
    #expect(Calibration(classes: 2).classwiseError == nil)
  }
}
