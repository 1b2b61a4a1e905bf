import Losses
import Tensors
import Testing

@Suite struct PublishedOHEMLossTests {
  /// Pixels whose gradient is not zero.
  private func kept(_ keep: Double, _ batch: Batch) -> [Int] {
    let c = batch.shape.c
    let gradient = PublishedOHEMLoss(keep: keep).evaluate(batch.input()).gradient.array
    return (0..<batch.shape.pixels).filter { i in
      gradient[i * c..<(i + 1) * c].contains { $0 != 0 }
    }
  }

  private func zeros(_ shape: Shape, ids: [UInt8]) -> Batch {
    Batch("zeros", shape, logits: [Float](repeating: 0, count: shape.count), ids: ids)
  }

  /// Batch 6 keeps int(0.7 * 6) = 4 pixels a row, whatever the width; batch 1 one.
  @Test(arguments: [(6, 4), (1, 1), (2, 1), (3, 2), (10, 7)])
  func shareIsOfTheBatchSizeNotOfThePixels(_ n: Int, _ k: Int) {
    let shape = Shape(n: n, h: 2, w: 9, c: 3)
    let batch = Batch.random("rows", shape, seed: 72)
    let rows = kept(0.7, batch).map { $0 / 9 }
    for row in 0..<2 * n { #expect(rows.filter { $0 == row }.count == k) }
  }

  @Test func tiesGoToTheLowestPixelsOfEachRow() {
    let batch = zeros(Shape(n: 2, h: 1, w: 4, c: 2), ids: [255, 0, 1, 0, 0, 255, 255, 1])
    #expect(kept(1 / 2.0, batch) == [1, 4])
  }

  /// Two of three are kept in each row; the second has one valid pixel alone, the third none: six
  /// are kept, three of them as zeros.
  @Test func ignoredPixelsAreKeptAsZerosWhereARowHasTooFewOthers() {
    let batch = zeros(
      Shape(n: 3, h: 1, w: 3, c: 2), ids: [0, 1, 0, 255, 1, 255, 255, 255, 255])
    #expect(kept(0.7, batch) == [0, 1, 4])
    let value = PublishedOHEMLoss().evaluate(batch.input()).value
    #expect(abs(value - 3 * 0.693_147_180_56 / 6) < 1e-6)
  }

  /// Of all pixels, so it is cross-entropy only where none is ignored.
  @Test func keepOfOneIsTheMeanOverAllPixels() {
    let batch = Batch.random("all", Shape(n: 2, h: 3, w: 4, c: 3), ignored: 0.5, seed: 73)
    let ce = CrossEntropyLoss().evaluate(batch.input()).value
    let valid = Double(batch.labels.validPixels)
    #expect(valid < 24)
    let value = PublishedOHEMLoss(keep: 1).evaluate(batch.input()).value
    #expect(abs(value / (ce * valid / 24) - 1) < 1e-12)
  }

  @Test func rowsNarrowerThanKAreKeptWhole() {
    let batch = Batch.random("narrow", Shape(n: 6, h: 1, w: 3, c: 2), seed: 74)
    let value = PublishedOHEMLoss().evaluate(batch.input()).value
    #expect(abs(value / CrossEntropyLoss().evaluate(batch.input()).value - 1) < 1e-12)
  }
}
