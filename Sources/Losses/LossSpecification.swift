/// A loss with its parameters, as configurations and commands write it: `ce`, `focal(gamma: 2)`.
///
/// Two ways to write the same loss give equal values: `focal`, `focal()` and `focal(gamma: 1.0)`
/// all are `focal(gamma: 1)`.
package struct LossSpecification: Hashable, Sendable, CustomStringConvertible {
  /// A name in the registry.
  package let name: String
  /// Parameters by name: those given and those with a default.
  package let values: [String: Double]

  /// Trusts its arguments; the parser has checked them.
  init(descriptor: LossDescriptor, given: [String: Double]) {
    name = descriptor.name
    var values = given
    for parameter in descriptor.parameters where values[parameter.name] == nil {
      values[parameter.name] = parameter.defaultValue
    }
    self.values = values
  }

  /// - Throws: `LossSpecificationError`.
  package init(parsing text: String) throws {
    var parser = LossSpecificationParser(text)
    self = try parser.parse()
  }

  /// The normal form, defaults filled in, parameters in the registry's order: `ce`,
  /// `focal(gamma: 1)`. A default that depends on the training data stays out: `balanced_ce`.
  package var description: String {
    let order = LossRegistry.descriptor(named: name)?.parameters ?? []
    let list = order.compactMap { parameter in
      values[parameter.name].map { "\(parameter.name): \($0.shortest)" }
    }
    return list.isEmpty ? name : "\(name)(\(list.joined(separator: ", ")))"
  }
}

/// What is wrong with a loss as written, and where.
package struct LossSpecificationError: Error, Hashable, CustomStringConvertible {
  /// What was to be read.
  package let source: String
  /// Of the mistake, in characters from 1; one past the end if something is missing there.
  package let column: Int
  /// What is wrong and what is allowed.
  package let message: String

  /// One line.
  package var description: String { "loss \"\(source)\", column \(column): \(message)" }

  /// The source, a caret under the mistake, and what is wrong, a line each.
  package var diagram: String {
    source + "\n" + String(repeating: " ", count: column - 1) + "^\n" + message
  }
}
