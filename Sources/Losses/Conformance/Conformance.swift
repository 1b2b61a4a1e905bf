import Tensors

/// The outcome of checking one property of a loss.
public struct ConformanceFinding: Hashable, Sendable {
  public enum Outcome: String, Hashable, Sendable {
    case pass = "pass"
    case fail = "FAIL"
    case notClaimed = "not claimed"
    /// Comes first if there is one, and is no failure of its own.
    case warning = "warning"
    /// Says something about the loss that is neither right nor wrong.
    case note = "note"
  }

  /// A few words, such as "gradient".
  public let property: String
  public let outcome: Outcome
  /// What was measured, and what is allowed.
  public let measured: String
  /// What the property means and where to look if it fails.
  public let advice: String
}

/// The conformance test of a loss: everything that `Loss` promises, measured on small batches.
///
///     let conformance = LossConformance(claims: LossClaims(lowerBound: 0)) { _, _ in MyLoss() }
///     for finding in try conformance.check() where finding.outcome == .fail { ... }
///
/// The gradient is checked where no argmax changes and no order of errors or cross-entropies; other
/// kinks a loss may have are noticed and left out, provided that there are few. Factors that take no
/// gradient are held, if the loss is a `LossWithHeldFactors`.
public struct LossConformance: Sendable {
  /// Makes the loss in its initial state.
  public typealias Make =
    @Sendable (_ classes: Int, _ classPixels: [Int]) throws -> any Loss

  let claims: LossClaims
  let properties: [ConformanceProperty]
  let make: Make

  /// - Parameters:
  ///   - claims: what this loss promises.
  ///   - make: called for every evaluation, with the number of classes and the pixels of each in a
  ///     fictitious training split.
  public init(claims: LossClaims = LossClaims(), make: @escaping Make) {
    self.init(claims: claims, properties: [], make: make)
  }

  /// - Parameter properties: properties of this loss alone, measured after those of every loss.
  init(claims: LossClaims, properties: [ConformanceProperty], make: @escaping Make) {
    (self.claims, self.make) = (claims, make)
    self.properties = ConformanceProperty.all + properties
  }

  /// Measures every property, in a fixed order; before them there is a warning if the loss has no
  /// gradient anywhere. For a random loss there is only the warning that it is random: every property
  /// compares two evaluations. It takes well under a second in a release build.
  /// - Throws: what `make` throws.
  public func check() throws -> [ConformanceFinding] {
    let batch = ConformanceBatch.ordinary[0]
    let shape = try evaluate(batch).gradient.shape
    guard shape == batch.shape else {
      return [
        ConformanceFinding(
          property: "gradient's shape", outcome: .fail,
          measured: "\(shape) for logits of \(batch.shape); nothing else was checked",
          advice: "The gradient has an element for each logit, in the same order: [N, H, W, C].")
      ]
    }
    if let warning = try randomness() { return [warning] }
    let warning = try noGradient()
    var gradientFails = false
    let findings = try properties.map { property in
      let (holds, measured) = try property.measure(self)
      defer { if property.explains { gradientFails = !holds } }
      return ConformanceFinding(
        property: property.name,
        outcome: property.isClaimed(claims) ? (holds ? .pass : .fail) : .notClaimed,
        measured: measured,
        advice: warning != nil && property.explains
          ? "There is no gradient: see the warning."
          : advice(on: property, gradientFails: gradientFails))
    }
    return [warning].compactMap { $0 } + findings + [try arrangement()]
  }

  /// In the language that the loss is written in.
  private func advice(on property: ConformanceProperty, gradientFails: Bool) -> String {
    if gradientFails, property.isExplained {
      return "As the line about the gradient says; check again once that holds."
    }
    return claims.computedElsewhere ? property.adviceInPyTorch ?? property.advice : property.advice
  }

  /// The loss in its initial state, on one batch.
  func evaluate(_ batch: ConformanceBatch, _ compute: Compute = Compute()) throws -> LossResult {
    try make(batch.shape.c, batch.classPixels).evaluate(batch.input(compute))
  }
}

/// Whether a property holds, and the numbers that say so.
typealias Measurement = (holds: Bool, measured: String)

/// One line of the conformance test.
struct ConformanceProperty: Sendable {
  let name: String
  let advice: String
  /// For a loss written in PyTorch, where that says it in other words.
  var adviceInPyTorch: String?
  /// Whether this is the gradient in general, whose failure explains those on special batches.
  var explains = false
  /// Whether this is the gradient on a special batch, whose trait explains nothing where the
  /// gradient is wrong in general.
  var isExplained = false
  var isClaimed: @Sendable (LossClaims) -> Bool = { _ in true }
  let measure: @Sendable (LossConformance) throws -> Measurement

  static let all: [ConformanceProperty] = [
    .init(
      name: "gradient",
      advice: "The gradient is not the derivative of the value: compare the two formulas term by "
        + "term, and the factor both are divided by. A weight that is not to be differentiated "
        + "must be constant around the point (a count, an argmax).",
      adviceInPyTorch:
        "Autograd's gradient is not the derivative of the value: look for .detach(), "
        + ".data, torch.no_grad, .item() and NumPy in a term that depends on the logits, and for a "
        + "torch.autograd.Function with a wrong backward.",
      explains: true
    ) { try $0.gradientMatches(ConformanceBatch.ordinary, mayVanish: false) },
    .init(
      name: "absent classes",
      advice: "Right with all classes present, wrong with some missing: look for a division by a "
        + "class's pixels, and for a mean over all classes in one place but not the other.",
      adviceInPyTorch:
        "Right with all classes present, wrong with some missing: look for a division "
        + "by (labels == c).sum(), which is 0 for a class without pixels; add a small number, or "
        + "leave such classes out of the mean.",
      isExplained: true
    ) { try $0.gradientMatches([.classesAbsent], mayVanish: true) },
    .init(
      name: "single class",
      advice: "Right with several classes, wrong where every valid pixel has the same one: look "
        + "for a division by the pixels of the others.",
      adviceInPyTorch:
        "Right with several classes, wrong where every valid pixel has the same one: "
        + "look for a division by the pixels of the others, and for a distance map of a mask that is "
        + "all 0 or all 1.",
      isExplained: true
    ) { try $0.gradientMatches([.oneClass], mayVanish: true) },
    .init(
      name: "no gradient at ignored pixels",
      advice: "Set the gradient to 0 where the label is LabelMap.ignored; memory from "
        + "Compute.empty is not initialized.",
      adviceInPyTorch: "Leave pixels with label 255 out before summing: loss[labels != 255], or "
        + "ignore_index=255. In one-hot masks and softmax sums, multiply by the mask of valid pixels.",
      isClaimed: \.ignoresIgnoredPixels
    ) { try $0.gradientAtIgnoredPixels() },
    .init(
      name: "no influence of ignored pixels",
      advice: "Logits at ignored pixels change the result: skip such pixels in every sum, also in "
        + "those that a weight or a normalizer is made from.",
      adviceInPyTorch:
        "Logits at pixels with label 255 change the result: mask probabilities, too, "
        + "before they are summed over the image, pooled or filtered; torch.where(valid, p, 0) is "
        + "safer than a product, which keeps NaN.",
      isClaimed: \.ignoresIgnoredPixels
    ) { try $0.influenceOfIgnoredPixels() },
    .init(
      name: "all pixels ignored",
      advice: "Return LossResult.zero(input) where there is no valid pixel, before dividing by "
        + "their number.",
      adviceInPyTorch: "A batch without a labeled pixel does not reach the callable: report this.",
      isClaimed: \.zeroOnAllIgnored
    ) { try $0.allIgnored() },
    .init(
      name: "finite at logits of +-100",
      advice: "Take logarithms and exponentials of differences to the largest logit, never of a "
        + "logit; LossInput.probabilities and reweightedCrossEntropy do.",
      adviceInPyTorch:
        "Use F.log_softmax or F.cross_entropy, not torch.log(torch.softmax(...)); clamp "
        + "what goes into log, sqrt, pow and a division, whose derivatives are infinite or NaN at 0."
    ) { try $0.saturated() },
    .init(
      name: "divergence shows",
      advice: "With logits that are not finite the value must be NaN, so that a diverged training "
        + "is noticed: no max(0, x), no comparison that drops a NaN.",
      adviceInPyTorch: "With logits that are not finite the value must be NaN, so that a diverged "
        + "training is noticed: no torch.nan_to_num, nanmean, clamp or comparison that drops a NaN."
    ) { try $0.divergence() },
    .init(
      name: "inputs untouched",
      advice: "Logits, probabilities and labels belong to the caller and are shared between "
        + "losses: write to a tensor of your own.",
      adviceInPyTorch:
        "Logits and labels are shared memory: no operation in place on them, such as "
        + "labels[labels == 255] = 0; clone() them first."
    ) { try $0.inputsUntouched() },
    .init(
      name: "order of images",
      advice: "The images of the batch in another order give another result: look for sums that "
        + "restart at an image, or set permutationInvariant to false if this is intended.",
      adviceInPyTorch:
        "The images of the batch in another order give another result: look for a loop "
        + "over images, an index such as logits[0], and reshape or view where permute is meant.",
      isClaimed: \.permutationInvariant
    ) { try $0.orderOfImages() },
    .init(
      name: "bounds",
      advice: "A value lies outside lowerBound...upperBound: correct the loss or the claim.",
      isClaimed: { $0.lowerBound != nil || $0.upperBound != nil }
    ) { try $0.bounds() },
    .init(
      name: "differs from CE",
      advice:
        "Value and gradient are those of plain cross-entropy, also on labels that are regions: "
        + "with these parameters the loss adds nothing to ce.",
      isClaimed: \.differsFromCE
    ) { try $0.differenceFromCE() },
    .init(
      name: "same bits for 1 and 2 threads",
      advice: "Cut the work into blocks whose size does not depend on the threads, and add their "
        + "sums in order (Compute.parallelSum). Differences with one thread come from memory read "
        + "before it was written.",
      isClaimed: { !$0.computedElsewhere }
    ) { try $0.sameBits() },
  ]
}
