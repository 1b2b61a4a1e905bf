/// Lovasz-softmax of one part of the batch, and its gradient.
///
/// - Parameters:
///   - range: the part's pixels.
///   - classPixels: its pixels of each class.
///   - parts: the number of such parts that the loss averages; the value and the gradient are
///     divided by it.
///   - gradient: [N, H, W, C], written at the pixels of `range` only.
/// - Returns: the part's share of the value.
package func lovaszSoftmax(
  _ batch: LabeledLogits, _ range: Range<Int>, classPixels: [Int], parts: Int, _ gradient: Tensor
) -> Double {
  let c = batch.classes
  precondition(
    range.lowerBound >= 0 && range.upperBound <= batch.pixels && classPixels.count == c
      && gradient.shape == batch.logits.shape, "a part of another batch")
  let present = (0..<c).filter { classPixels[$0] > 0 }
  guard !present.isEmpty else {
    (gradient.base + range.lowerBound * c).update(repeating: 0, count: range.count * c)
    return 0
  }
  let planes = ErrorPlanes(batch, range, present: present)
  var sum = 0.0
  withSortingMemory(batch, range, gradient) { items, scratch in
    for (k, j) in present.enumerated() {
      sum += planes.replaceByGradient(k, classPixels: classPixels[j], items, scratch)
    }
  }
  let share = 1 / Float(present.count * parts)
  planes.forPixels(gradient: gradient) { tile, g in
    tile.softmaxBackward(g, classes: c) { j in
      guard let plane = planes.row(tile, class: j) else { return .zero }
      return loadEight(plane) * share
    }
  }
  return sum / Double(present.count * parts)
}

/// Lends space for twice as many items as pixels: the gradient's memory, which is written last, if
/// it is large enough.
private func withSortingMemory(
  _ batch: LabeledLogits, _ range: Range<Int>, _ gradient: Tensor,
  _ body: (UnsafeMutablePointer<UInt64>, UnsafeMutablePointer<UInt64>) -> Void
) {
  let (c, pixels) = (batch.classes, range.count)
  // Four floats per pixel, and one to align to eight bytes.
  let own = c > 4 ? nil : batch.compute.empty(Shape(n: 1, h: 1, w: pixels, c: 4))
  var start = own?.base ?? gradient.base + range.lowerBound * c
  if UInt(bitPattern: start) % 8 != 0 { start += 1 }
  withExtendedLifetime(own) {
    start.withMemoryRebound(to: UInt64.self, capacity: 2 * pixels) { body($0, $0 + pixels) }
  }
}

/// The errors |[y = c] - p_c| of consecutive pixels, one plane per class present: [present,
/// pixels], rows padded to whole tiles.
private struct ErrorPlanes {
  let batch: LabeledLogits
  let range: Range<Int>
  private let values: Tensor
  private let stride: Int
  /// Where a class's plane begins, -1 if the class is absent.
  private let starts: [Int]
  /// The smallest error of each class's own pixels, by class.
  private var smallest: [Float]
  private let present: [Int]

  init(_ batch: LabeledLogits, _ range: Range<Int>, present: [Int]) {
    let c = batch.classes
    (self.batch, self.range, self.present) = (batch, range, present)
    stride = (range.count + 7) & ~7
    // As many planes as there are classes, so that the memory is reused regardless of which are
    // present.
    values = batch.compute.empty(Shape(n: 1, h: 1, w: stride, c: c))
    var starts = [Int](repeating: -1, count: c)
    for (k, j) in present.enumerated() { starts[j] = k * stride }
    self.starts = starts
    smallest = [Float](repeating: .infinity, count: c)
    fill()
  }

  private mutating func fill() {
    let (c, block) = (batch.classes, Self.block)
    var lows = [Float](repeating: .infinity, count: (range.count + block - 1) / block * c)
    lows.withUnsafeMutableBufferPointer { lows in
      let lows = lows.baseAddress!
      forPixels { [present] tile, _ in
        let low = lows + (tile.first - range.lowerBound) / block * c
        let miss = tile.miss
        for j in present {
          let p = tile.powers[j] * tile.scale
          if let row = row(tile, class: j) {
            storeEight(p.replacing(with: miss, where: tile.isOwn(j)), row)
          }
        }
        for lane in 0..<8 where tile.ids[lane] != LabelMap.ignored {
          let j = Int(tile.ids[lane])
          if miss[lane] < low[j] { low[j] = miss[lane] }
        }
      }
    }
    for (i, low) in lows.enumerated() { smallest[i % c] = min(smallest[i % c], low) }
  }

  private static let block = 2048

  /// Calls `body` for every eight pixels, on all threads.
  @inline(__always)
  func forPixels(
    gradient: Tensor? = nil,
    _ body: (_ tile: SoftmaxTile, _ gradient: UnsafeMutablePointer<Float>) -> Void
  ) {
    batch.labels.ids.withUnsafeBufferPointer { ids in
      batch.compute.parallelBlocks(range.count, block: Self.block) { _, own in
        let pixels = range.lowerBound + own.lowerBound..<range.lowerBound + own.upperBound
        forTiles(batch, ids.baseAddress!, pixels, gradient: gradient, body)
      }
    }
  }

  /// Eight numbers of a class's plane, nil if the class is absent.
  @inline(__always)
  func row(_ tile: SoftmaxTile, class j: Int) -> UnsafeMutablePointer<Float>? {
    starts[j] < 0 ? nil : values.base + (starts[j] + tile.first - range.lowerBound)
  }

  /// Replaces one class's errors by the gradient with respect to its probabilities (ignored pixels
  /// get 0), and returns the class's loss.
  func replaceByGradient(
    _ k: Int, classPixels: Int, _ items: UnsafeMutablePointer<UInt64>,
    _ scratch: UnsafeMutablePointer<UInt64>
  ) -> Double {
    batch.labels.ids.withUnsafeBufferPointer { ids in
      let errors = ClassErrors(
        errors: values.base + k * stride, ids: ids.baseAddress! + range.lowerBound,
        pixels: range.count, label: UInt8(present[k]), smallest: smallest[present[k]],
        compute: batch.compute)
      return errors.replaceByGradient(classPixels: classPixels, items, scratch)
    }
  }
}
