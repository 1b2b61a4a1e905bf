import Files
import Losses
import Testing

@Suite struct LossRegistryTests {
  @Test func namesAreThoseOfTheTablesInTheirOrder() {
    #expect(
      LossRegistry.all.prefix(8).map(\.name) == [
        "ce", "weighted_ce", "balanced_ce", "focal", "ohem", "soft_iou", "lovasz", "recall",
      ])
  }

  @Test(arguments: LossRegistry.all.map(\.name))
  func cardsAreFilledInAndDefaultsAreAllowed(_ name: String) throws {
    let loss = try #require(LossRegistry.descriptor(named: name))
    for text in [
      loss.title, loss.formula, loss.reduction, loss.ignoredPixels, loss.absentClasses, loss.state,
      loss.source,
    ] {
      #expect(!text.isEmpty && !text.contains("\n"))
    }
    for parameter in loss.parameters {
      #expect(parameter.defaultValue.map(parameter.range.contains) != false)
      #expect(!parameter.meaning.isEmpty && !parameter.defaultText.isEmpty)
    }
  }

  @Test func eachLossOfThePaperHasAPublishedVariantWithTheSameParameters() throws {
    let published = LossRegistry.all.filter { $0.name.hasSuffix(".published") }
    #expect(published.map(\.name) == LossRegistry.all.prefix(8).map { $0.name + ".published" })
    for (variant, canonical) in zip(published, LossRegistry.all) {
      #expect(variant.parameters.map(\.name) == canonical.parameters.map(\.name))
      #expect(
        variant.parameters.map(\.defaultValue) == canonical.parameters.map(\.defaultValue))
    }
  }

  @Test func sumsHaveTheFactsThatFollowFromTheirTerms() throws {
    func facts(_ text: String) throws -> LossDescriptor {
      try LossSpecification(parsing: text).descriptor
    }
    let sum = try facts("2 * soft_iou.published + 0.5 * jaccard")
    #expect(sum.name == "2 * soft_iou.published + 0.5 * jaccard")
    #expect(sum.claims.lowerBound == -2 && sum.claims.upperBound == 0.5)
    #expect(
      !sum.claims.ignoresIgnoredPixels && sum.claims.zeroOnAllIgnored
        && sum.claims.permutationInvariant)
    let weighted = try facts("weighted_ce.published + ldam")
    #expect(weighted.claims.upperBound == nil && weighted.claims.lowerBound == 0)
    #expect(weighted.needsClassPixels && weighted.needsValidationPixels)
    #expect(try facts("focal").name == "focal" && !facts("ce").claims.differsFromCE)
    #expect(try facts("2 * ce").claims.differsFromCE)
  }

  @Test func parametersReachTheLoss() throws {
    func make(_ text: String) throws -> any Loss {
      try LossRegistry.make(LossSpecification(parsing: text), classes: 2, classPixels: [3, 1])
    }
    let focal = try #require(try make("focal") as? FocalLoss)
    #expect(focal.gamma == 1)
    let sharper = try #require(try make("focal(gamma: 2.5)") as? FocalLoss)
    #expect(sharper.gamma == 2.5)
    let ohem = try #require(try make("ohem") as? OHEMLoss)
    #expect(ohem.keep == 0.7)
    let harder = try #require(try make("ohem(keep: 0.25)") as? OHEMLoss)
    #expect(harder.keep == 0.25)
    let balanced = try #require(try make("balanced_ce(beta: 0)") as? BalancedCrossEntropyLoss)
    #expect(balanced.weights == [1, 1])
    let weighted = try #require(try make("weighted_ce") as? WeightedCrossEntropyLoss)
    #expect(weighted.weights == [4 / 3.0, 4])
    #expect(try make("recall") is RecallLoss)
    let momentum = try #require(try make("recall(momentum: 0.25)") as? MomentumRecallLoss)
    #expect(momentum.momentum == 0.25 && momentum.classes == 2)
    let tversky = try #require(try make("soft_tversky(beta: 2)") as? SoftTverskyLoss)
    #expect(tversky.alpha == 0.3 && tversky.beta == 2)
    let ldam = try #require(try make("ldam(max_margin: 2, scale: 4)") as? LDAMLoss)
    #expect(ldam.margins.max() == 2 && ldam.scale == 4)
    let precision = try #require(try make("precision_ce") as? MetricWeightedCrossEntropyLoss)
    #expect(precision.alpha == 1 && precision.beta == 0)
    #expect(try make("2 * ce") is WeightedSumLoss)
  }

  @Test func pixelCountsThatDoNotFitAreErrors() throws {
    let weighted = try LossSpecification(parsing: "weighted_ce")
    for (counts, message) in [
      (
        [1, 2],
        "weighted_ce: needs pixel counts for 3 classes, one each and none negative, but got "
          + "[1, 2]"
      ),
      (
        [1, 2, -1],
        "weighted_ce: needs pixel counts for 3 classes, one each and none negative, but got "
          + "[1, 2, -1]"
      ),
      (
        [0, 0, 0],
        "weighted_ce: the training split has no labeled pixel to take class weights from"
      ),
    ] {
      #expect(throws: UserError(message)) {
        try LossRegistry.make(weighted, classes: 3, classPixels: counts)
      }
    }
  }

  @Test func validationCountsThatDoNotFitAreErrors() throws {
    let weighted = try LossSpecification(parsing: "weighted_ce.published")
    #expect(
      throws: UserError(
        "weighted_ce.published: the first images of the validation batches have no "
          + "labeled pixel to take class weights from")
    ) {
      try LossRegistry.make(
        weighted, classes: 2, classPixels: [1, 2], validationFirstImagePixels: [0, 0])
    }
    #expect(throws: UserError.self) {
      try LossRegistry.make(
        weighted, classes: 2, classPixels: [1, 2], validationFirstImagePixels: [1])
    }
    // Without counts of their own those of the training split serve.
    let loss = try LossRegistry.make(weighted, classes: 2, classPixels: [1, 3])
    #expect(loss.constantClassWeights == [2, 2 / 3.0])
  }

  @Test func lossesThatNeedNoCountsAcceptAnUnlabelledSplit() throws {
    let ce = try LossRegistry.make(
      LossSpecification(parsing: "ce"), classes: 2, classPixels: [0, 0])
    #expect(ce is CrossEntropyLoss)
  }
}
