/// The values a parameter may take.
public enum ParameterRange: Hashable, Sendable, CustomStringConvertible {
  /// x >= bound
  case atLeast(Double)
  /// x > bound
  case over(Double)
  /// low <= x < high
  case from(Double, below: Double)
  /// low < x <= high
  case above(Double, atMost: Double)
  /// low < x < high
  case between(Double, Double)
  /// A switch: x = value, or the parameter is left out, so that a loss has one notation.
  case only(Double)

  public func contains(_ value: Double) -> Bool {
    switch self {
    case .atLeast(let bound): value >= bound && value.isFinite
    case .over(let bound): value > bound && value.isFinite
    case .from(let low, let high): value >= low && value < high
    case .above(let low, let high): value > low && value <= high
    case .between(let low, let high): value > low && value < high
    case .only(let only): value == only
    }
  }

  /// As in "gamma must be ...".
  public var description: String {
    switch self {
    case .atLeast(let bound): "at least \(bound.shortest)"
    case .over(let bound): "above \(bound.shortest)"
    case .from(let low, let high): "at least \(low.shortest) and below \(high.shortest)"
    case .above(let low, let high): "above \(low.shortest) and at most \(high.shortest)"
    case .between(let low, let high): "above \(low.shortest) and below \(high.shortest)"
    case .only(let only): "\(only.shortest) or left out"
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

/// A numeric parameter of a loss.
public struct LossParameter: Hashable, Sendable {
  public let name: String
  /// Nil if the default is not a number: it depends on the training data or means "not used".
  public let defaultValue: Double?
  /// The default as printed.
  public let defaultText: String
  public let range: ParameterRange
  public let meaning: String

  /// - Parameter defaultText: needed where `defaultValue` is nil.
  public init(
    name: String, defaultValue: Double?, defaultText: String? = nil, range: ParameterRange,
    meaning: String
  ) {
    (self.name, self.defaultValue, self.range) = (name, defaultValue, range)
    self.defaultText = defaultText ?? defaultValue?.shortest ?? "from the data"
    self.meaning = meaning
  }
}
