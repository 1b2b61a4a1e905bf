import Losses
import Tensors
import Testing

@Suite struct OHEMLossTests {
  /// Pixels whose gradient is not zero.
  private func kept(_ keep: Double, _ batch: Batch) -> [Int] {
    let c = batch.shape.c
    let gradient = OHEMLoss(keep: keep).evaluate(batch.input()).gradient.array
    return (0..<batch.shape.pixels).filter { i in
      gradient[i * c..<(i + 1) * c].contains { $0 != 0 }
    }
  }

  @Test func tiesGoToTheLowestPixels() {
    let batch = Batch(
      "ties", Shape(n: 1, h: 1, w: 9, c: 2), logits: [Float](repeating: 0, count: 18),
      ids: [0, 255, 1, 0, 0, 255, 1, 1, 0])
    #expect(kept(0.5, batch) == [0, 2, 3])
  }

  @Test func tiesFillWhatHarderPixelsLeave() {
    var batch = Batch(
      "ties", Shape(n: 1, h: 1, w: 6, c: 2), logits: [Float](repeating: 0, count: 12),
      ids: [0, 0, 0, 0, 0, 0])
    batch.logits[4 * 2 + 1] = 1
    batch.logits[0] = 1
    #expect(kept(0.5, batch) == [1, 2, 4])
  }

  @Test(arguments: [(1e-9, 1), (0.7, 7), (0.79, 7), (1, 10)])
  func keepsTheFloorOfItsShareAndAtLeastOne(_ keep: Double, _ count: Int) {
    var batch = Batch.random("share", Shape(n: 1, h: 2, w: 6, c: 3), seed: 51)
    batch.labels.ids[3] = LabelMap.ignored
    batch.labels.ids[8] = LabelMap.ignored
    #expect(kept(keep, batch).count == count)
  }

  @Test(arguments: [0.001, 0.3, 0.7, 0.999])
  func keepsExactlyTheHardestOfManyPixels(_ keep: Double) {
    let batch = Batch.random(
      "many", Shape(n: 2, h: 60, w: 50, c: 3), ignored: 0.3, spread: 5, seed: 52)
    let valid = batch.labels.ids.indices.filter { batch.labels.ids[$0] != LabelMap.ignored }
    let ce = valid.map { i in
      -logProbabilities(batch.logits[i * 3..<i * 3 + 3].map(Double.init))[Int(batch.labels.ids[i])]
    }
    let hardest = valid.indices.sorted { ce[$0] > ce[$1] }.prefix(Int(keep * Double(valid.count)))
    #expect(kept(keep, batch) == hardest.map { valid[$0] }.sorted())
  }
}
