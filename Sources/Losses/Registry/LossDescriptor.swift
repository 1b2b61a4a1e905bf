/// What a loss is made from.
public struct LossIngredients: Sendable {
  /// C.
  public let classes: Int
  /// N_c, the training split's pixels of each class, C entries.
  public let classPixels: [Int]
  /// The pixels of each class in the first image of every validation batch, C entries: what the
  /// authors' code uses as N_c.
  public let validationFirstImagePixels: [Int]
  /// Parameters by name: those given and those with a default.
  public let values: [String: Double]

  /// The value of a parameter; traps if the descriptor has no such parameter, or if it was not given
  /// and has no default.
  public subscript(parameter: String) -> Double {
    guard let value = values[parameter] else {
      preconditionFailure("parameter \(parameter) is not in the descriptor, or has no value")
    }
    return value
  }
}

/// The set of pixels over which a loss is computed before averaging.
public enum LossScope: String, Sendable {
  case batch = "the whole batch"
  case image = "each image, then the mean over images"
  case row = "each row of pixels, then the mean over rows"
  case mixed = "as each term"
}

/// Everything RecallBench knows about a loss: what its card prints, what its notation allows, what
/// it claims, and how to make it.
public struct LossDescriptor: Sendable {
  /// The name in specifications, columns and folders.
  public let name: String
  /// The name in words, for headings.
  public let title: String
  /// The formula on one line. V: valid pixels, N_c: training pixels of class c.
  public let formula: String
  /// What is averaged over what.
  public let reduction: String
  public let scope: LossScope
  /// How ignored pixels are treated.
  public let ignoredPixels: String
  /// How classes without pixels are treated, in the batch or in the split that weights come from.
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
  /// What the loss promises beyond what every loss must satisfy; the conformance test measures it.
  public let claims: LossClaims
  let make: @Sendable (LossIngredients) throws -> any Loss

  /// - Parameter make: makes the loss; a `UserError` that it throws reaches the user as one line.
  public init(
    name: String, title: String, formula: String, reduction: String, scope: LossScope = .batch,
    ignoredPixels: String = "left out: no influence, gradient 0", absentClasses: String,
    state: String = "none", source: String, parameters: [LossParameter] = [],
    needsClassPixels: Bool = false, needsValidationPixels: Bool = false,
    claims: LossClaims = LossClaims(),
    make: @escaping @Sendable (LossIngredients) throws -> any Loss
  ) {
    (self.name, self.title, self.formula) = (name, title, formula)
    (self.reduction, self.scope, self.ignoredPixels) = (reduction, scope, ignoredPixels)
    (self.absentClasses, self.state, self.source) = (absentClasses, state, source)
    (self.parameters, self.needsClassPixels) = (parameters, needsClassPixels)
    (self.needsValidationPixels, self.make) = (needsValidationPixels, make)
    self.claims = claims
  }
}
