import Foundation

/// A template for a loss, which compiles, trains and passes its test as it is.
struct LossTemplate {
  let name: NewLossName
  /// The access level of declarations that other modules have to see.
  let access: String
  let imports: [String]
  /// The test's imports, sorted.
  let testImports: [String]

  /// A loss in RecallBench's own sources.
  static func inTree(_ name: NewLossName) -> LossTemplate {
    LossTemplate(
      name: name, access: "package", imports: ["Tensors"],
      testImports: ["Foundation", "Losses", "Tensors", "Testing"])
  }

  /// A loss in a package that depends on RecallBench.
  static func inPackage(_ name: NewLossName) -> LossTemplate {
    LossTemplate(
      name: name, access: "public", imports: ["RecallBench"],
      testImports: ["Foundation", "OwnLosses", "RecallBench", "Testing"])
  }

  private func lines(_ imports: [String]) -> String {
    imports.map { "import \($0)" }.joined(separator: "\n")
  }

  var source: String {
    """
    \(lines(imports))

    /// TODO: what the loss is, of which paper and equation. For now: the mean of w ce over the valid
    /// pixels, ce = -log p_y, w = 1 + strength (1 - p_y).
    ///
    /// TODO: its gradient by a logit. For now: s (p_j - [j = y]) / |V| with s = w + strength p_y ce,
    /// since the weight takes part in it.
    \(access) struct \(name.type): Loss {
      /// TODO: what it does. Not negative.
      \(access) let strength: Double

      \(access) init(strength: Double = 1) {
        precondition(strength >= 0, "strength \\(strength)")
        self.strength = strength
      }

      \(access) func evaluate(_ input: LossInput) -> LossResult {
        // TODO: the loss. If it is not a weighted cross-entropy, but a sum over pixels, use
        // `pixelwiseLoss`. Any other computes its value and a gradient of `input.logits.shape` from
        // `input.probabilities`; the gradient is 0 where the label is `LabelMap.ignored`.
        reweightedCrossEntropy(input, normalizer: Double(input.validPixels)) { pixel in
          let weight = 1 + strength * Double(pixel.miss)
          // w - p_y w'(p_y) ce. For a weight without a gradient use `PixelWeight(constant: weight)`.
          let slope = weight + strength * Double(pixel.confidence) * pixel.crossEntropy
          return PixelWeight(weight: weight, slope: slope)
        }.result
      }

      // TODO: the card that `recallbench losses list \(name.notation)` prints.
      \(access) static let descriptor = LossDescriptor(
        name: "\(name.notation)",
        title: "TODO: its name",
        formula: "L = 1/|V| Σᵢ (1 + strength·(1 − pᵢ,y))·(−log pᵢ,y)",
        reduction: "mean over the batch's valid pixels",
        absentClasses: "a class absent from the batch has no term",
        source: "TODO: paper and equation",
        parameters: [
          LossParameter(
            name: "strength", defaultValue: 1, range: .atLeast(0), meaning: "TODO: what it does")
        ], claims: LossClaims(lowerBound: 0)
      ) { \(name.type)(strength: $0["strength"]) }
    }

    """
  }

  var test: String {
    """
    \(lines(testImports))

    @Suite struct \(name.type)Tests {
      /// Gradient by finite differences, ignored pixels, absent classes, saturation, threads, ...
      @Test(arguments: [0.5, 1, 3])
      func passesTheConformanceTest(_ strength: Double) throws {
        let conformance = LossConformance(
          \(name.type).descriptor, values: ["strength": strength])
        for finding in try conformance.check() {
          #expect(
            finding.outcome != .fail, "\\(finding.property): \\(finding.measured). \\(finding.advice)")
        }
      }

      /// TODO: from the paper's formula. p_y = 1/4 and 1/2; the third pixel is ignored.
      @Test func valueComputedByHand() {
        let shape = Shape(n: 1, h: 1, w: 3, c: 2)
        let input = LossInput(
          logits: Tensor(shape, [0, Float(log(3.0)), 2, 2, 5, -5]),
          labels: LabelMap(n: 1, h: 1, w: 3, ids: [0, 1, LabelMap.ignored]), compute: Compute())
        let result = \(name.type)(strength: 2).evaluate(input)
        let expected: Double = (2.5 * log(4.0) + 2 * log(2.0)) / 2
        #expect(abs(result.value - expected) < 1e-6)
      }
    }

    """
  }

  var program: String {
    """
    import OwnLosses
    import RecallBench

    Harness.run(losses: [\(name.type).descriptor])

    """
  }

  /// - Parameter tree: the path of RecallBench.
  static func manifest(_ tree: String) -> String {
    """
    // swift-tools-version: 6.2
    import PackageDescription

    let recallBench = Target.Dependency.product(name: "RecallBench", package: "RecallBench")

    let package = Package(
      name: "OwnLoss",
      dependencies: [
        // Elsewhere the path of a checkout, or `.package(url: ".../RecallBench", branch: "main")`: the last
        // part of the address is the package's name.
        .package(name: "RecallBench", path: \(tree.debugDescription))
      ],
      targets: [
        .target(name: "OwnLosses", dependencies: [recallBench]),
        .executableTarget(name: "own-loss", dependencies: ["OwnLosses", recallBench]),
        .testTarget(name: "OwnLossesTests", dependencies: ["OwnLosses", recallBench]),
      ]
    )

    """
  }

  /// What building and running leave behind in a package.
  static let ignored = ".build/\nPackage.resolved\ndata/\nresults/\n"
}
