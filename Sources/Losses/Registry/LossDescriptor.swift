/// What a loss is made from.
public struct LossIngredients: Sendable {
  /// C.
  public let classes: Int
  /// N_c, the training split's pixels of each class, C entries.
  public let classPixels: [Int]
  /// The pixels of each class in the first image of every validation batch, C entries: what the
  /// authors' code takes for N_c.
  public let validationFirstImagePixels: [Int]
  /// Parameters by name: those given and those with a default.
  public let values: [String: Double]
}

/// The pixels over which a loss is formed before anything is averaged.
public enum LossScope: String, Sendable {
  case batch = "the whole batch"
  case image = "each image, then the mean over images"
  case row = "each row of pixels, then the mean over rows"
  case mixed = "as each term"
}

/// All there is to say about a loss: what its card prints, what its notation allows, how to make
/// it, and facts that tests hold it against.
public struct LossDescriptor: Sendable {
  /// As in specifications, columns and folders.
  public let name: String
  /// In words, for headings.
  public let title: String
  /// One line. V: valid pixels, N_c: training pixels of class c.
  public let formula: String
  /// What is averaged over what.
  public let reduction: String
  public let scope: LossScope
  /// What becomes of ignored pixels.
  public let ignoredPixels: String
  /// What becomes of classes without pixels, in the batch or in the split that weights come from.
  public let absentClasses: String
  /// What is carried from step to step.
  public let state: String
  /// Paper and equation.
  public let source: String
  public let parameters: [LossParameter]
  /// Whether the loss depends on the training split's pixel counts.
  public let needsClassPixels: Bool
  /// Whether it depends on those of the validation batches' first images.
  public let needsValidationPixels: Bool
  let make: @Sendable (LossIngredients) -> any Loss

  // Facts, for the default parameters and a batch with some valid pixels unless said otherwise.

  /// The value is the same, up to rounding, when the images of the batch change places.
  public let permutationInvariant: Bool
  /// Values are never below or above; nil: not bounded on that side.
  public let lowerBound: Double?
  public let upperBound: Double?
  /// A batch without a valid pixel gives value 0 and gradient 0.
  public let zeroOnAllIgnored: Bool
  /// Predictions at ignored pixels change nothing, and their gradient is 0.
  public let ignoresIgnoredPixels: Bool
  /// The value is another than that of `ce` on a batch of several classes, some pixels right.
  public let differsFromCE: Bool

  public init(
    name: String, title: String, formula: String, reduction: String, scope: LossScope = .batch,
    ignoredPixels: String = "left out: no influence, gradient 0", absentClasses: String,
    state: String = "none", source: String, parameters: [LossParameter] = [],
    needsClassPixels: Bool = false, needsValidationPixels: Bool = false,
    permutationInvariant: Bool = true, lowerBound: Double? = nil, upperBound: Double? = nil,
    zeroOnAllIgnored: Bool = true, ignoresIgnoredPixels: Bool = true, differsFromCE: Bool = true,
    make: @escaping @Sendable (LossIngredients) -> any Loss
  ) {
    (self.name, self.title, self.formula) = (name, title, formula)
    (self.reduction, self.scope, self.ignoredPixels) = (reduction, scope, ignoredPixels)
    (self.absentClasses, self.state, self.source) = (absentClasses, state, source)
    (self.parameters, self.needsClassPixels) = (parameters, needsClassPixels)
    (self.needsValidationPixels, self.make) = (needsValidationPixels, make)
    (self.permutationInvariant, self.lowerBound) = (permutationInvariant, lowerBound)
    (self.upperBound, self.zeroOnAllIgnored) = (upperBound, zeroOnAllIgnored)
    (self.ignoresIgnoredPixels, self.differsFromCE) = (ignoresIgnoredPixels, differsFromCE)
  }
}
