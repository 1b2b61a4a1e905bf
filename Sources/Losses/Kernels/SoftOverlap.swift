import Tensors

/// What a loss on soft overlaps makes of one class in one region: its share of the value, and that
/// share's derivatives by the probability of the class, the same at all pixels of the class itself
/// and the same at all others.
struct OverlapTerm {
  var value: Double
  var inside: Double
  var outside: Double
}

/// The pixels of one class in one region (an image, or the whole batch), with p the class's
/// probability.
struct ClassOverlap {
  /// N, the class's pixels.
  let pixels: Double
  /// A, the sum of 1 - p over them: soft false negatives. TP = N - A.
  let missed: Double
  /// B, the sum of p over the others: soft false positives.
  let spilt: Double
}

/// Which pixels and classes take part, and in what they are grouped.
struct OverlapRegions {
  /// One region an image; otherwise the batch is one.
  var perImage: Bool
  /// Leave out regions without a valid pixel, and in each region the classes absent from it.
  var onlyPresent = true
  /// Ignored pixels belong to no class, but their probabilities count in B.
  var spillsOnIgnored = false
}

/// The sum over regions and classes of `measure`, and its gradient. If it depends on soft overlaps
/// alone, a loss's derivative by p takes two values for each region and class.
///
/// - Parameter measure: the term of a class, given its share in the mean: 1 over the number of
///   regions times that of the region's classes.
func overlapLoss(
  _ input: LossInput, _ regions: OverlapRegions,
  _ measure: (_ overlap: ClassOverlap, _ share: Double) -> OverlapTerm
) -> LossResult {
  let terms = OverlapTerms(input, regions, measure)
  guard terms.regions > 0 else { return .zero(input) }
  let (c, pixels) = (input.classes, input.labels.pixels)
  let perRegion = max(1, regions.perImage ? input.labels.h * input.labels.w : pixels)
  let gradient = input.compute.empty(input.logits.shape)
  let block = 2048
  let blocks = (perRegion + block - 1) / block
  input.labels.ids.withUnsafeBufferPointer { ids in
    input.compute.parallelFor(pixels / perRegion * blocks) { b in
      let (region, first) = (b / blocks, b % blocks * block)
      let range = region * perRegion + first..<region * perRegion + min(perRegion, first + block)
      terms.inside.withUnsafeBufferPointer { inside in
        terms.outside.withUnsafeBufferPointer { outside in
          let inside = inside.baseAddress! + region * c
          let outside = outside.baseAddress! + region * c
          forTiles(
            input, ids.baseAddress!, range, blind: !regions.spillsOnIgnored, gradient: gradient
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
  return LossResult(value: terms.value, gradient: gradient)
}

/// The loss's value, and its derivatives by the probabilities.
private struct OverlapTerms {
  /// Regions that take part.
  var regions = 0
  var value = 0.0
  /// d value / d p at pixels of the class itself and at others, [regions, C]; 0 for a class that
  /// takes no part.
  var inside: [Float]
  var outside: [Float]

  init(
    _ input: LossInput, _ regions: OverlapRegions,
    _ measure: (ClassOverlap, Double) -> OverlapTerm
  ) {
    let (n, c) = (regions.perImage ? input.labels.n : 1, input.classes)
    let sums = softOverlaps(input, regions)
    inside = [Float](repeating: 0, count: n * c)
    outside = inside
    let counted = (0..<n).map { region in
      (0..<c).filter { !regions.onlyPresent || sums[region * c + $0].pixels > 0 }
    }
    self.regions = counted.reduce(0) { $0 + ($1.isEmpty ? 0 : 1) }
    for region in 0..<n {
      let share = 1 / Double(max(1, self.regions * counted[region].count))
      for j in counted[region].map({ region * c + $0 }) {
        let term = measure(sums[j], share)
        value += term.value
        inside[j] = Float(term.inside)
        outside[j] = Float(term.outside)
      }
    }
  }
}

/// N, A and B of each region and class, [regions, C].
private func softOverlaps(_ input: LossInput, _ regions: OverlapRegions) -> [ClassOverlap] {
  // Few enough pixels that their sums in single precision keep their digits.
  let (pixels, c, block) = (input.labels.pixels, input.classes, 1024)
  let n = regions.perImage ? input.labels.n : 1
  let perRegion = pixels / max(1, n)
  let blocks = (perRegion + block - 1) / block
  let stride = 3 * c
  var parts = [Double](repeating: 0, count: n * blocks * stride)
  parts.withUnsafeMutableBufferPointer { parts in
    input.labels.ids.withUnsafeBufferPointer { ids in
      input.compute.parallelFor(n * blocks) { b in
        let (region, first) = (b / blocks, b % blocks * block)
        let range = region * perRegion + first..<region * perRegion + min(perRegion, first + block)
        addOverlaps(input, ids.baseAddress!, range, regions, to: parts.baseAddress! + b * stride)
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
  _ input: LossInput, _ ids: UnsafePointer<UInt8>, _ range: Range<Int>, _ regions: OverlapRegions,
  to sums: UnsafeMutablePointer<Double>
) {
  let c = input.classes
  withUnsafeTemporaryAllocation(of: Lanes.self, capacity: 2 * c) { lanes in
    let missed = lanes.baseAddress!
    let spilt = missed + c
    missed.initialize(repeating: .zero, count: 2 * c)
    forTiles(input, ids, range, blind: !regions.spillsOnIgnored) { tile, _ in
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
