/// The pixels of one class in one region (an image, or the whole batch), with p the class's
/// probability.
package struct ClassOverlap: Sendable {
  /// N, the class's pixels.
  package let pixels: Double
  /// A, the sum of 1 - p over them: soft false negatives. TP = N - A.
  package let missed: Double
  /// B, the sum of p over the others: soft false positives.
  package let spilt: Double
}

/// Which pixels and classes take part, and how they are grouped.
package struct OverlapRegions: Sendable {
  /// One region per image; otherwise the whole batch is one region.
  package var perImage: Bool
  /// Leave out regions without a valid pixel, and in each region the classes absent from it.
  package var onlyPresent = true
  /// Ignored pixels belong to no class, but their probabilities count in B.
  package var spillsOnIgnored = false

  package init(perImage: Bool, onlyPresent: Bool = true, spillsOnIgnored: Bool = false) {
    (self.perImage, self.onlyPresent) = (perImage, onlyPresent)
    self.spillsOnIgnored = spillsOnIgnored
  }
}

/// The gradient with respect to the logits of a function of the soft overlaps alone: its derivative
/// by p takes two values for each region and class.
///
/// - Parameters:
///   - inside: the derivative at pixels of the class itself, [regions, C].
///   - outside: the same at all other pixels.
package func overlapGradient(
  _ batch: LabeledLogits, _ regions: OverlapRegions, inside: [Float], outside: [Float]
) -> Tensor {
  let (c, pixels) = (batch.classes, batch.pixels)
  let perRegion = max(1, regions.perImage ? batch.labels.h * batch.labels.w : pixels)
  precondition(
    inside.count == outside.count && inside.count >= pixels / perRegion * c,
    "\(inside.count) and \(outside.count) derivatives")
  let gradient = batch.compute.empty(batch.logits.shape)
  let block = 2048
  let blocks = (perRegion + block - 1) / block
  batch.labels.ids.withUnsafeBufferPointer { ids in
    batch.compute.parallelFor(pixels / perRegion * blocks) { b in
      let (region, first) = (b / blocks, b % blocks * block)
      let range = region * perRegion + first..<region * perRegion + min(perRegion, first + block)
      inside.withUnsafeBufferPointer { inside in
        outside.withUnsafeBufferPointer { outside in
          let inside = inside.baseAddress! + region * c
          let outside = outside.baseAddress! + region * c
          forTiles(
            batch, ids.baseAddress!, range, blind: !regions.spillsOnIgnored, gradient: gradient
          ) { tile, g in
            tile.softmaxBackward(g, spillsOnIgnored: regions.spillsOnIgnored, classes: c) { j in
              Lanes(repeating: outside[j])
                .replacing(with: Lanes(repeating: inside[j]), where: tile.isOwn(j))
            }
          }
        }
      }
    }
  }
  return gradient
}

/// N, A and B of each region and class, [regions, C].
package func softOverlaps(_ batch: LabeledLogits, _ regions: OverlapRegions) -> [ClassOverlap] {
  // Few enough pixels for accurate sums in single precision.
  let (pixels, c, block) = (batch.pixels, batch.classes, 1024)
  let n = regions.perImage ? batch.labels.n : 1
  let perRegion = pixels / max(1, n)
  let blocks = (perRegion + block - 1) / block
  let stride = 3 * c
  var parts = [Double](repeating: 0, count: n * blocks * stride)
  parts.withUnsafeMutableBufferPointer { parts in
    batch.labels.ids.withUnsafeBufferPointer { ids in
      batch.compute.parallelFor(n * blocks) { b in
        let (region, first) = (b / blocks, b % blocks * block)
        let range = region * perRegion + first..<region * perRegion + min(perRegion, first + block)
        addOverlaps(batch, ids.baseAddress!, range, regions, to: parts.baseAddress! + b * stride)
      }
    }
  }
  var sums = [Double](repeating: 0, count: n * stride)
  for (i, part) in parts.enumerated() {
    let (region, kind, j) = (i / (blocks * stride), i % stride / c, i % c)
    sums[(region * c + j) * 3 + kind] += part
  }
  return (0..<n * c).map { j in
    ClassOverlap(pixels: sums[j * 3], missed: sums[j * 3 + 1], spilt: sums[j * 3 + 2])
  }
}

/// N, A and B of each class in a block of pixels, [3, C].
private func addOverlaps(
  _ batch: LabeledLogits, _ ids: UnsafePointer<UInt8>, _ range: Range<Int>,
  _ regions: OverlapRegions,
  to sums: UnsafeMutablePointer<Double>
) {
  let c = batch.classes
  withUnsafeTemporaryAllocation(of: Lanes.self, capacity: 2 * c) { lanes in
    let missed = lanes.baseAddress!
    let spilt = missed + c
    missed.initialize(repeating: .zero, count: 2 * c)
    forTiles(batch, ids, range, blind: !regions.spillsOnIgnored) { tile, _ in
      let miss = tile.miss
      let scale = tile.scale(spillsOnIgnored: regions.spillsOnIgnored)
      for j in 0..<c {
        let isOwn = tile.isOwn(j)
        missed[j] += Lanes.zero.replacing(with: miss, where: isOwn)
        spilt[j] += (tile.powers[j] * scale).replacing(with: 0, where: isOwn)
      }
      for lane in 0..<8 where tile.ids[lane] != LabelMap.ignored { sums[Int(tile.ids[lane])] += 1 }
    }
    for j in 0..<c {
      sums[c + j] = sum(missed[j])
      sums[2 * c + j] = sum(spilt[j])
    }
  }
}
