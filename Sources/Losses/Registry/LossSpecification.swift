import Files

/// A loss as written in configurations and commands: `ce`, `focal(gamma: 2)`, `ohem.published`,
/// `recall + 0.5 * lovasz`.
///
/// Different spellings of the same loss give equal values: `focal`, `focal()`, `1 * focal` and
/// `focal(gamma: 1.0)` are all `focal(gamma: 1)`. The terms of a sum are sorted by descending
/// weight, then by registry order, then by their text.
package struct LossSpecification: Hashable, Sendable, CustomStringConvertible {
  /// One loss of a sum.
  package struct Term: Hashable, Sendable, CustomStringConvertible {
    /// Finite and above 0.
    package let weight: Double
    /// A name in the registry.
    package let name: String
    /// Parameters by name: those given and those with a default.
    package let values: [String: Double]

    /// Does not check its arguments; the parser already has.
    init(weight: Double, descriptor: LossDescriptor, given: [String: Double]) {
      (self.weight, name) = (weight, descriptor.name)
      var values = given
      for parameter in descriptor.parameters where values[parameter.name] == nil {
        values[parameter.name] = parameter.defaultValue
      }
      self.values = values
    }

    /// The term without its weight: defaults filled in, parameters in the registry's order. A
    /// default that is not a number is omitted: `balanced_ce`, `recall`.
    package var loss: String {
      let order = LossRegistry.descriptor(named: name)?.parameters ?? []
      let list = order.compactMap { parameter in
        values[parameter.name].map { "\(parameter.name): \($0.shortest)" }
      }
      return list.isEmpty ? name : "\(name)(\(list.joined(separator: ", ")))"
    }

    package var description: String { weight == 1 ? loss : "\(weight.shortest) * \(loss)" }
  }

  /// At least one, in the normal order; no two have the same name and parameters.
  package let terms: [Term]

  /// - Throws: `UserError` that says where the mistake is and what is allowed.
  package init(parsing text: String) throws(UserError) {
    var parser = LossSpecificationParser(text)
    func rank(_ term: Term) -> (Double, Int, String) {
      let index = LossRegistry.all.firstIndex { $0.name == term.name } ?? LossRegistry.all.count
      return (-term.weight, index, term.loss)
    }
    terms = try parser.parse().sorted { rank($0) < rank($1) }
  }

  /// The normal form, such as `ce`, `focal(gamma: 1)`, `recall + 0.5 * lovasz`.
  package var description: String { terms.map(\.description).joined(separator: " + ") }
}
