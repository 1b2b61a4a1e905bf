/// Uniformly smoothed labels: t = 1 - s + s/C for a pixel's own class and s/C for every other.
package struct LabelSmoothing: Sendable {
  /// 1 - t of the own class.
  let gap: Float
  /// t of the others.
  let other: Float

  /// - Parameter share: s in [0, 1).
  package init(_ share: Double, classes: Int) {
    precondition(share >= 0 && share < 1 && classes > 0, "label smoothing of \(share)")
    other = Float(share / Double(classes))
    gap = Float(share - share / Double(classes))
  }
}

extension SoftmaxTile {
  /// p - t of a class, 0 at ignored pixels; for the own class from 1 - p, which keeps its precision.
  @inline(__always)
  func excess(
    _ j: Int, _ smoothing: LabelSmoothing, _ scale: Lanes, _ miss: Lanes
  ) -> Lanes {
    (powers[j] * scale - smoothing.other)
      .replacing(with: smoothing.gap - miss, where: isOwn(j))
      .replacing(with: 0, where: .!isValid)
  }
}

/// For each class, over the batch's valid pixels, the sum of max(0, t - p) and that of
/// max(0, p - t), t the smoothed label.
package func smoothedDifferences(
  _ batch: LabeledLogits, _ smoothing: LabelSmoothing
) -> (below: [Double], above: [Double]) {
  // Few enough pixels for accurate sums in single precision.
  let (c, block) = (batch.classes, 1024)
  var sums = [Double](repeating: 0, count: (batch.pixels + block - 1) / block * 2 * c)
  sums.withUnsafeMutableBufferPointer { sums in
    batch.labels.ids.withUnsafeBufferPointer { ids in
      batch.compute.parallelBlocks(batch.pixels, block: block) { b, range in
        withUnsafeTemporaryAllocation(of: Lanes.self, capacity: 2 * c) { lanes in
          lanes.initialize(repeating: .zero)
          forTiles(batch, ids.baseAddress!, range) { tile, _ in
            let (scale, miss) = (tile.scale(spillsOnIgnored: false), tile.miss)
            for j in 0..<c {
              let excess = tile.excess(j, smoothing, scale, miss)
              lanes[j] += larger(-excess, .zero)
              lanes[c + j] += larger(excess, .zero)
            }
          }
          for j in 0..<2 * c { sums[b * 2 * c + j] = sum(lanes[j]) }
        }
      }
    }
  }
  func total(_ j: Int) -> Double {
    stride(from: j, to: sums.count, by: 2 * c).reduce(0) { $0 + sums[$1] }
  }
  return ((0..<c).map { total($0) }, (c..<2 * c).map { total($0) })
}

/// The gradient with respect to the logits of a function of the sums of `smoothedDifferences`: its
/// derivative by p takes two values for each class.
///
/// - Parameters:
///   - below: the derivative where p does not exceed t, C entries.
///   - above: the same where it does.
package func smoothedGradient(
  _ batch: LabeledLogits, _ smoothing: LabelSmoothing, below: [Float], above: [Float]
) -> Tensor {
  let c = batch.classes
  precondition(below.count == c && above.count == c, "\(below.count), \(above.count) derivatives")
  let gradient = batch.compute.empty(batch.logits.shape)
  batch.labels.ids.withUnsafeBufferPointer { ids in
    batch.compute.parallelBlocks(batch.pixels, block: 2048) { _, range in
      forTiles(batch, ids.baseAddress!, range, gradient: gradient) { tile, rows in
        let (scale, miss) = (tile.scale(spillsOnIgnored: false), tile.miss)
        tile.softmaxBackward(rows, classes: c) { j in
          let excess = tile.excess(j, smoothing, scale, miss)
          return Lanes(repeating: below[j])
            .replacing(with: Lanes(repeating: above[j]), where: excess .> 0)
        }
      }
    }
  }
  return gradient
}
