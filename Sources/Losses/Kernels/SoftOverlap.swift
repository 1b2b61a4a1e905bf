import Tensors

/// What a loss on soft overlaps makes of one class in one region: its share of the value, and that
/// share's derivatives by the probability of the class, the same at all pixels of the class itself
/// and the same at all others.
struct OverlapTerm {
  var value: Double
  var inside: Double
  var outside: Double
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
  overlapLoss(input, regions) { _, overlap, share in measure(overlap, share) }
}

/// The same for a loss that treats classes differently.
func overlapLoss(
  _ input: LossInput, _ regions: OverlapRegions,
  _ measure: (_ class: Int, _ overlap: ClassOverlap, _ share: Double) -> OverlapTerm
) -> LossResult {
  let terms = OverlapTerms(input, regions, measure)
  guard terms.regions > 0 else { return .zero(input) }
  let gradient = overlapGradient(
    input.batch, regions, inside: terms.inside, outside: terms.outside)
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
    _ measure: (Int, ClassOverlap, Double) -> OverlapTerm
  ) {
    let (n, c) = (regions.perImage ? input.labels.n : 1, input.classes)
    let sums = softOverlaps(input.batch, regions)
    inside = [Float](repeating: 0, count: n * c)
    outside = inside
    let counted = (0..<n).map { region in
      (0..<c).filter { !regions.onlyPresent || sums[region * c + $0].pixels > 0 }
    }
    self.regions = counted.reduce(0) { $0 + ($1.isEmpty ? 0 : 1) }
    for region in 0..<n {
      let share = 1 / Double(max(1, self.regions * counted[region].count))
      for k in counted[region] {
        let j = region * c + k
        let term = measure(k, sums[j], share)
        value += term.value
        inside[j] = Float(term.inside)
        outside[j] = Float(term.outside)
      }
    }
  }
}
