/// The values a parameter may take.
package enum ParameterRange: Hashable, Sendable, CustomStringConvertible {
  /// x >= bound
  case atLeast(Double)
  /// low <= x < high
  case from(Double, below: Double)
  /// low < x <= high
  case above(Double, atMost: Double)

  package func contains(_ value: Double) -> Bool {
    switch self {
    case .atLeast(let bound): value >= bound && value.isFinite
    case .from(let low, let high): value >= low && value < high
    case .above(let low, let high): value > low && value <= high
    }
  }

  /// As in "gamma must be ...".
  package var description: String {
    switch self {
    case .atLeast(let bound): "at least \(bound.shortest)"
    case .from(let low, let high): "at least \(low.shortest) and below \(high.shortest)"
    case .above(let low, let high): "above \(low.shortest) and at most \(high.shortest)"
    }
  }
}

extension Double {
  /// The shortest text that reads back as the same number, whole numbers without a fraction.
  var shortest: String {
    let text = "\(self == 0 ? 0 : self)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}

/// A number a loss can be given.
package struct LossParameter: Hashable, Sendable {
  package let name: String
  /// Nil if the default depends on the training data.
  package let defaultValue: Double?
  /// The default as printed.
  package let defaultText: String
  package let range: ParameterRange
  package let meaning: String

  /// - Parameter defaultText: needed where `defaultValue` is nil.
  init(
    name: String, defaultValue: Double?, defaultText: String? = nil, range: ParameterRange,
    meaning: String
  ) {
    (self.name, self.defaultValue, self.range) = (name, defaultValue, range)
    self.defaultText = defaultText ?? defaultValue?.shortest ?? "from the data"
    self.meaning = meaning
  }
}

/// What a loss is made from.
package struct LossIngredients: Sendable {
  /// C.
  package let classes: Int
  /// N_c, the training split's pixels of each class, C entries.
  package let classPixels: [Int]
  /// Parameters by name: those given and those with a default.
  package let values: [String: Double]
}

/// All there is to say about a loss: what its card prints, what its notation allows, how to make it.
package struct LossDescriptor: Sendable {
  /// As in specifications, columns and folders.
  package let name: String
  /// In words, for headings.
  package let title: String
  /// One line. V: valid pixels, N_c: training pixels of class c.
  package let formula: String
  /// What is averaged over what.
  package let reduction: String
  /// Paper and equation.
  package let source: String
  package let parameters: [LossParameter]
  /// Whether the loss depends on the training split's pixel counts.
  package let needsClassPixels: Bool
  /// Whether the order of the batch's images does not matter.
  package let permutationInvariant: Bool
  /// No value is below; nil: no such bound.
  package let lowerBound: Double?
  /// No value is above; nil: no such bound.
  package let upperBound: Double?
  /// Whether a batch without a valid pixel has value 0 and gradient 0.
  package let zeroOnAllIgnored: Bool
  /// Whether logits at ignored pixels have no influence and get no gradient.
  package let ignoresIgnoredPixels: Bool
  /// Whether it is another loss than cross-entropy.
  package let differsFromCE: Bool
  let make: @Sendable (LossIngredients) -> any Loss

  init(
    name: String, title: String, formula: String, reduction: String, source: String,
    parameters: [LossParameter] = [], needsClassPixels: Bool = false,
    permutationInvariant: Bool = true, lowerBound: Double? = nil, upperBound: Double? = nil,
    zeroOnAllIgnored: Bool = true, ignoresIgnoredPixels: Bool = true, differsFromCE: Bool = true,
    make: @escaping @Sendable (LossIngredients) -> any Loss
  ) {
    (self.name, self.title, self.formula) = (name, title, formula)
    (self.reduction, self.source, self.parameters) = (reduction, source, parameters)
    (self.needsClassPixels, self.make) = (needsClassPixels, make)
    (self.permutationInvariant, self.differsFromCE) = (permutationInvariant, differsFromCE)
    (self.lowerBound, self.upperBound) = (lowerBound, upperBound)
    (self.zeroOnAllIgnored, self.ignoresIgnoredPixels) = (zeroOnAllIgnored, ignoresIgnoredPixels)
  }
}
