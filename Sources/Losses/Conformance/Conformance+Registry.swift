extension LossConformance {
  /// The conformance test of a loss of the registry, with what its card claims.
  package init(_ specification: LossSpecification) {
    self.init(
      claims: specification.descriptor.claims,
      properties: specification.description == "recall" ? [.gradientIdentity] : []
    ) { classes, classPixels in
      try LossRegistry.make(specification, classes: classes, classPixels: classPixels)
    }
  }
}
