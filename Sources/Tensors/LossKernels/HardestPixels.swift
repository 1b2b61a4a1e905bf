/// The mean of the `kept` largest cross-entropies of each group of `group` consecutive pixels, and
/// its gradient; which pixels are kept is not differentiated. Of equal cross-entropies (as 32-bit
/// floats), the pixel with the lower index is kept.
///
/// Ignored pixels rank below any valid one; one that is kept counts as 0 and has no gradient. One
/// pass computes everything as if all pixels were kept; then the gradient of the others is cleared.
///
/// - Parameters:
///   - kept: from 1 to `group`.
///   - group: divides the number of pixels.
package func hardestPixels(
  _ batch: LabeledLogits, kept: Int, ofEach group: Int
) -> (value: Double, gradient: Tensor) {
  let (pixels, compute) = (batch.pixels, batch.compute)
  precondition(kept >= 1 && kept <= group && pixels % group == 0, "\(kept) of each \(group)")
  guard pixels > 0 else { return (0, compute.zeros(batch.logits.shape)) }
  let (groups, count) = (pixels / group, pixels / group * kept)
  // Whole tiles: the last one may extend past the batch.
  let memory = compute.empty(Shape(n: 1, h: 1, w: (pixels + 7) & ~7, c: 1))
  defer { withExtendedLifetime(memory) {} }
  return memory.base.withMemoryRebound(to: UInt32.self, capacity: memory.count) { keys in
    let gradient = crossEntropyKeys(batch, count: count, into: keys)
    let all = UnsafeBufferPointer(start: keys, count: pixels)
    let sum: Double
    if groups == 1 {
      let selection = TopSelection(all, kept, compute)
      sum = keep(batch, all, gradient) { selection.contains($0, key: all[$0]) }
    } else {
      let selections = rowSelections(all, kept, group, compute)
      sum = keep(batch, all, gradient) { i in
        let (row, column) = i.quotientAndRemainder(dividingBy: group)
        return selections[row].contains(column, key: all[i])
      }
    }
    return (sum / Double(count), gradient)
  }
}

/// The gradient of the sum of all cross-entropies over `count`.
///
/// - Parameter keys: one per pixel is written. They order like the cross-entropies as 32-bit
///   floats, whose bit patterns plus one they are; 0 at ignored pixels, below any valid one.
private func crossEntropyKeys(
  _ batch: LabeledLogits, count: Int, into keys: UnsafeMutablePointer<UInt32>
) -> Tensor {
  weightedCrossEntropy(batch, normalizer: Double(count)) { tile, _ in
    let ce = tile.crossEntropy
    let key = (unsafeBitCast(ce, to: SIMD8<UInt32>.self) &+ 1)
      .replacing(with: 0, where: .!tile.isValid)
    UnsafeMutableRawPointer(keys + tile.first).storeBytes(of: key, as: SIMD8<UInt32>.self)
    return (0, Lanes.zero.replacing(with: 1, where: tile.isValid))
  }.gradient
}

private func rowSelections(
  _ keys: UnsafeBufferPointer<UInt32>, _ kept: Int, _ group: Int, _ compute: Compute
) -> [TopSelection] {
  let groups = keys.count / group
  return [TopSelection](unsafeUninitializedCapacity: groups) { rows, count in
    count = groups
    guard let rows = rows.baseAddress else { return }
    compute.parallelFor(groups) { row in
      let own = UnsafeBufferPointer(rebasing: keys[row * group..<(row + 1) * group])
      (rows + row).initialize(to: TopSelection(own, kept))
    }
  }
}

/// The sum of the kept cross-entropies; clears the gradient of all other pixels.
@inline(__always)
private func keep(
  _ batch: LabeledLogits, _ keys: UnsafeBufferPointer<UInt32>, _ gradient: Tensor,
  _ isKept: (_ index: Int) -> Bool
) -> Double {
  let (c, g) = (batch.classes, gradient.base)
  return batch.compute.parallelSum(keys.count, block: 4096) { range in
    var sum = 0.0
    for i in range where keys[i] > 0 {
      if isKept(i) {
        sum += Double(Float(bitPattern: keys[i] &- 1))
      } else {
        (g + i * c).update(repeating: 0, count: c)
      }
    }
    return sum
  }
}
