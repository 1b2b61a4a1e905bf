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
    for text in [loss.title, loss.formula, loss.reduction, loss.source] {
      #expect(!text.isEmpty && !text.contains("\n"))
    }
    for parameter in loss.parameters {
      #expect(parameter.defaultValue.map(parameter.range.contains) != false)
      #expect(!parameter.meaning.isEmpty && !parameter.defaultText.isEmpty)
    }
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
  }

  @Test func pixelCountsThatDoNotFitAreErrors() throws {
    let weighted = try LossSpecification(parsing: "weighted_ce")
    for (counts, message) in [
      (
        [1, 2],
        "weighted_ce: pixel counts of 3 classes needed, one each and none negative, but given "
          + "[1, 2]"
      ),
      (
        [1, 2, -1],
        "weighted_ce: pixel counts of 3 classes needed, one each and none negative, but given "
          + "[1, 2, -1]"
      ),
      (
        [0, 0, 0],
        "weighted_ce: the training split has no labelled pixel to take class weights from"
      ),
    ] {
      #expect(throws: LossCreationError(description: message)) {
        try LossRegistry.make(weighted, classes: 3, classPixels: counts)
      }
    }
  }

  @Test func lossesThatNeedNoCountsAcceptAnUnlabelledSplit() throws {
    let ce = try LossRegistry.make(
      LossSpecification(parsing: "ce"), classes: 2, classPixels: [0, 0])
    #expect(ce is CrossEntropyLoss)
  }
}
