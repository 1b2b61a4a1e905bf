extension LossConformance {
  /// The conformance test of a loss of the registry, with what its card claims.
  package init(_ specification: LossSpecification) {
    self.init(claims: specification.descriptor.claims) { classes, classPixels in
      try LossRegistry.make(specification, classes: classes, classPixels: classPixels)
    }
  }
}

extension LossDescriptor {
  /// The facts of the card that the conformance test can measure.
  package var claims: LossClaims {
    LossClaims(
      permutationInvariant: permutationInvariant, lowerBound: lowerBound, upperBound: upperBound,
      zeroOnAllIgnored: zeroOnAllIgnored, ignoresIgnoredPixels: ignoresIgnoredPixels,
      differsFromCE: differsFromCE)
  }
}
