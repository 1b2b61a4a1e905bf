extension LossConformance {
  /// The conformance test of a loss of the registry, with what its card claims.
  package init(_ specification: LossSpecification) {
    self.init(claims: specification.claims) { classes, classPixels in
      try LossRegistry.make(specification, classes: classes, classPixels: classPixels)
    }
  }
}

extension LossSpecification {
  /// What the loss's card claims.
  package var claims: LossClaims {
    guard let loss = LossRegistry.descriptor(named: name) else { return LossClaims() }
    return LossClaims(
      permutationInvariant: loss.permutationInvariant, lowerBound: loss.lowerBound,
      upperBound: loss.upperBound, zeroOnAllIgnored: loss.zeroOnAllIgnored,
      ignoresIgnoredPixels: loss.ignoresIgnoredPixels, differsFromCE: loss.differsFromCE)
  }
}
