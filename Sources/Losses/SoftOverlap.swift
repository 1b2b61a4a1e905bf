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
  let perRegion = regions.perImage ? input.labels.h * input.labels.w : max(1, pixels)
  let gradient = input.compute.empty(input.logits.shape)
  input.labels.ids.withUnsafeBufferPointer { labels in
    input.compute.parallelBlocks(pixels, block: 2048) { _, range in
      for i in range {
        let (g, row, id) = (gradient.base + i * c, i / perRegion * c, labels[i])
        let isIgnored = id == LabelMap.ignored
        guard !isIgnored || regions.spillsOnIgnored else {
          g.update(repeating: 0, count: c)
          continue
        }
        for j in 0..<c { g[j] = terms.outside[row + j] }
        if !isIgnored { g[Int(id)] = terms.inside[row + Int(id)] }
        softmaxBackward(
          g, input.probabilities.base + i * c, label: isIgnored ? 0 : Int(id), classes: c)
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
  let (pixels, c, block) = (input.labels.pixels, input.classes, 4096)
  let n = regions.perImage ? input.labels.n : 1
  let perRegion = pixels / max(1, n)
  let blocks = (perRegion + block - 1) / block
  let stride = 3 * c
  var parts = [Double](repeating: 0, count: n * blocks * stride)
  parts.withUnsafeMutableBufferPointer { parts in
    input.labels.ids.withUnsafeBufferPointer { labels in
      input.compute.parallelFor(n * blocks) { b in
        let (region, first) = (b / blocks, b % blocks * block)
        let part = parts.baseAddress! + b * stride
        for i in region * perRegion + first..<region * perRegion + min(perRegion, first + block) {
          let p = UnsafePointer(input.probabilities.base + i * c)
          guard labels[i] != LabelMap.ignored else {
            if regions.spillsOnIgnored { for j in 0..<c { part[2 * c + j] += Double(p[j]) } }
            continue
          }
          let label = Int(labels[i])
          let own = part[2 * c + label]
          for j in 0..<c { part[2 * c + j] += Double(p[j]) }
          part[2 * c + label] = own
          part[c + label] += Double(missProbability(p, label: label, classes: c))
          part[label] += 1
        }
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
