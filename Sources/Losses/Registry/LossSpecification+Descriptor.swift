extension LossSpecification {
  /// The registry's entry for a single loss of weight 1; for a weighted sum, an entry derived from
  /// its terms, with the sum's normal form as its `name`.
  package var descriptor: LossDescriptor {
    let parts = terms.map { term in
      guard let descriptor = LossRegistry.descriptor(named: term.name) else {
        preconditionFailure("a specification of a loss that is not registered")
      }
      return (term: term, descriptor: descriptor)
    }
    if parts.count == 1, parts[0].term.weight == 1 { return parts[0].descriptor }
    let descriptors = parts.map(\.descriptor)
    func each(_ text: (LossDescriptor) -> String) -> String {
      let texts = descriptors.map(text)
      return Set(texts).count == 1
        ? texts[0] : zip(terms, texts).map { "\($0.name): \($1)" }.joined(separator: "; ")
    }
    func bound(_ side: (LossClaims) -> Double?) -> Double? {
      parts.reduce(0) { sum, part in
        sum.flatMap { sum in side(part.descriptor.claims).map { sum + part.term.weight * $0 } }
      }
    }
    return LossDescriptor(
      name: description, title: "Weighted sum", formula: "L = \(description)",
      reduction: each(\.reduction),
      scope: Set(descriptors.map(\.scope)).count == 1 ? descriptors[0].scope : .mixed,
      ignoredPixels: each(\.ignoredPixels), absentClasses: each(\.absentClasses),
      state: each(\.state), source: each(\.source),
      needsClassPixels: descriptors.contains(where: \.needsClassPixels),
      needsValidationPixels: descriptors.contains(where: \.needsValidationPixels),
      claims: LossClaims(
        permutationInvariant: descriptors.allSatisfy(\.claims.permutationInvariant),
        lowerBound: bound(\.lowerBound), upperBound: bound(\.upperBound),
        zeroOnAllIgnored: descriptors.allSatisfy(\.claims.zeroOnAllIgnored),
        ignoresIgnoredPixels: descriptors.allSatisfy(\.claims.ignoresIgnoredPixels)),
      make: { ingredients in
        try WeightedSumLoss(
          parts.map { part in
            let own = LossIngredients(
              classes: ingredients.classes, classPixels: ingredients.classPixels,
              validationFirstImagePixels: ingredients.validationFirstImagePixels,
              values: part.term.values)
            return (part.term.weight, try part.descriptor.make(own))
          })
      })
  }
}
