import Files

extension LossConformance {
  /// The conformance test of a loss with what its card claims.
  ///
  ///     let findings = try LossConformance(MyLoss.descriptor, values: ["gamma": 2]).check()
  ///
  /// - Parameter values: parameter values by name; other parameters have their defaults, if those
  ///   are numbers. `check` throws `UserError` if there is no such parameter or a value is outside
  ///   its range.
  public init(_ descriptor: LossDescriptor, values: [String: Double] = [:]) {
    self.init(claims: descriptor.claims) { classes, classPixels in
      var all: [String: Double] = [:]
      for parameter in descriptor.parameters { all[parameter.name] = parameter.defaultValue }
      for (name, value) in values.sorted(by: { $0.key < $1.key }) {
        guard let parameter = descriptor.parameters.first(where: { $0.name == name }) else {
          throw UserError("loss \(descriptor.name) has no parameter \(name)")
        }
        guard parameter.range.contains(value) else {
          throw UserError(
            "loss \(descriptor.name): \(name) must be \(parameter.range), not "
              + value.shortest)
        }
        all[name] = value
      }
      return try descriptor.make(
        LossIngredients(
          classes: classes, classPixels: classPixels, validationFirstImagePixels: classPixels,
          values: all))
    }
  }
}
