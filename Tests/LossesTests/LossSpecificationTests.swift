import Files
import Losses
import Testing

@Suite struct LossSpecificationTests {
  @Test(arguments: [
    ("ce", "ce"), ("ce()", "ce"), ("  recall ", "recall"), ("focal", "focal(gamma: 1)"),
    ("focal()", "focal(gamma: 1)"), ("focal(gamma:1.0)", "focal(gamma: 1)"),
    ("focal ( gamma : 2.50 )", "focal(gamma: 2.5)"), ("focal(gamma: -0)", "focal(gamma: 0)"),
    ("ohem", "ohem(keep: 0.7)"), ("ohem(keep: 1)", "ohem(keep: 1)"),
    ("ohem(keep: 7e-1)", "ohem(keep: 0.7)"), ("balanced_ce", "balanced_ce"),
    ("balanced_ce(beta: 0.999)", "balanced_ce(beta: 0.999)"),
    ("balanced_ce(beta: 0)", "balanced_ce(beta: 0)"),
    ("recall(momentum: 0.5)", "recall(momentum: 0.5)"), ("recall()", "recall"),
    ("recall(per_image: 1, normalize: 1.0)", "recall(normalize: 1, per_image: 1)"),
    ("unified_focal", "unified_focal(weight: 0.5, delta: 0.6, gamma: 0.5)"),
    ("tilted_ce", "tilted_ce(t: 1)"), ("seesaw(q: 1)", "seesaw(p: 0.8, q: 1)"),
    ("focal.published", "focal.published(gamma: 1)"), ("ce.published", "ce.published"),
    ("ohem.published(keep: .5)", "ohem.published(keep: 0.5)"),
    ("soft_tversky(beta: 0.5)", "soft_tversky(alpha: 0.3, beta: 0.5)"),
    ("recall + 0.5 * lovasz", "recall + 0.5 * lovasz"),
    ("0.5*lovasz+recall", "recall + 0.5 * lovasz"),
    ("0.5 * soft_dice + 0.5 * ce", "0.5 * ce + 0.5 * soft_dice"),
    (" 1.0 * ce ", "ce"), ("2e0*ce", "2 * ce"), ("+2 * ce", "2 * ce"),
    ("1e-3 * ce + 1e+1 * focal ( gamma:2 )", "10 * focal(gamma: 2) + 0.001 * ce"),
    ("focal(gamma: 2) + focal", "focal(gamma: 1) + focal(gamma: 2)"),
    ("lovasz + 2 * recall.published + ce", "2 * recall.published + ce + lovasz"),
  ])
  func normalForm(_ text: String, _ normal: String) throws {
    let specification = try LossSpecification(parsing: text)
    #expect(specification.description == normal)
    #expect(try LossSpecification(parsing: normal) == specification)
    #expect(try LossSpecification(parsing: normal).hashValue == specification.hashValue)
  }

  @Test(arguments: everyLoss)
  func everyLossReadsBackWhatItPrints(_ text: String) throws {
    let specification = try LossSpecification(parsing: text)
    #expect(try LossSpecification(parsing: specification.description) == specification)
  }

  /// A loss that a user adds comes after them.
  static let names =
    "ce, weighted_ce, balanced_ce, focal, ohem, soft_iou, lovasz, recall, ce.published, "
    + "weighted_ce.published, balanced_ce.published, focal.published, ohem.published, "
    + "soft_iou.published, lovasz.published, recall.published, soft_dice, soft_tversky, jaccard, "
    + "ldam, precision_ce, dice_ce, jaccard_ce, tversky_ce, logit_adjusted_ce, jaccard_metric, "
    + "unified_focal, poly1_ce, seesaw, tilted_ce"
    + LossRegistry.all.dropFirst(30).map { ", \($0.name)" }.joined()

  @Test(arguments: [
    ("", 1, "a loss's name is missing; use one of \(names)"),
    ("focl(gamma: 2)", 1, "unknown loss \"focl\"; did you mean \"focal\"? use one of \(names)"),
    (" Recall", 2, "unknown loss \"Recall\"; did you mean \"recall\"? use one of \(names)"),
    (
      "focal(gama: 2)", 7,
      "unknown parameter \"gama\"; did you mean \"gamma\"? focal takes gamma (at least 0, default 1)"
    ),
    (
      "focal(2)", 7, "unknown parameter \"2\"; focal takes gamma (at least 0, default 1)"
    ),
    ("ce(gamma: 2)", 4, "unknown parameter \"gamma\"; ce takes none"),
    (
      "balanced_ce(b: 2)", 13,
      "unknown parameter \"b\"; balanced_ce takes beta (at least 0 and below 1, default (N−1)/N)"
    ),
    ("focal(gamma: 1, gamma: 2)", 17, "gamma is given twice"),
    (
      "focal(gamma: 1,)", 16,
      "a parameter's name is missing; focal takes gamma (at least 0, default 1)"
    ),
    ("focal(gamma 2)", 13, "a colon is missing; write gamma: number"),
    ("focal(gamma: )", 14, "a number is needed for gamma, at least 0"),
    ("focal(gamma: two)", 14, "a number is needed for gamma, at least 0"),
    ("focal(gamma: nan)", 14, "a number is needed for gamma, at least 0"),
    ("focal(gamma: inf)", 14, "a number is needed for gamma, at least 0"),
    ("focal(gamma: 1e999)", 14, "a number is needed for gamma, at least 0"),
    ("focal(gamma: 0x10)", 14, "a number is needed for gamma, at least 0"),
    ("focal(gamma: -1)", 14, "gamma must be at least 0, not -1"),
    ("ohem(keep: 0)", 12, "keep must be above 0 and at most 1, not 0"),
    ("ohem(keep: 1.01)", 12, "keep must be above 0 and at most 1, not 1.01"),
    ("balanced_ce(beta: 1)", 19, "beta must be at least 0 and below 1, not 1"),
    ("ohem(keep: 0.5", 15, "a comma or a closing parenthesis is missing"),
    ("ohem(keep: 0.5 0.6)", 16, "a comma or a closing parenthesis is missing"),
    ("ce recall", 4, "only + and another loss may follow, but found \"recall\""),
    ("ohem(keep: 0.5))", 16, "only + and another loss may follow, but found \")\""),
    ("ce - recall", 4, "only + and another loss may follow, but found \"- recall\""),
    (
      "ce * 2", 4,
      "only + and another loss may follow, but found \"* 2\"; a weight comes before its loss: "
        + "0.5 * ce"
    ),
    ("ce + ", 6, "a loss's name is missing; use one of \(names)"),
    ("0.5 * ", 7, "a loss's name is missing; use one of \(names)"),
    (
      "ce + 0.5 * recal", 12, "unknown loss \"recal\"; did you mean \"recall\"? use one of \(names)"
    ),
    (
      "ce.publishd", 1,
      "unknown loss \"ce.publishd\"; did you mean \"ce.published\"? use one of \(names)"
    ),
    ("cross", 1, "unknown loss \"cross\"; use one of \(names)"),
    ("0.5 ce", 5, "a * is missing between the weight and its loss, as in 0.5 * ce"),
    ("ce + 0.5", 9, "a * is missing between the weight and its loss, as in 0.5 * ce"),
    ("0.5 + ce", 5, "a * is missing between the weight and its loss, as in 0.5 * ce"),
    ("0 * ce", 1, "a weight must be a finite number above 0, not 0"),
    ("ce + -1 * recall", 6, "a weight must be a finite number above 0, not -1"),
    ("1e999 * ce", 1, "a weight must be a finite number above 0, not 1e999"),
    ("0x2 * ce", 1, "a weight must be a finite number above 0, not 0x2"),
    ("ce + + recall", 6, "a weight must be a finite number above 0, not +"),
    (
      "focal + recall + 2 * focal(gamma: 1)", 18,
      "focal(gamma: 1) appears twice; write it once, with the sum of its weights"
    ),
    ("recall(momentum: 0)", 18, "momentum must be above 0 and below 1, not 0"),
    ("recall(momentum: 1)", 18, "momentum must be above 0 and below 1, not 1"),
    ("ldam(scale: 0)", 13, "scale must be above 0, not 0"),
    (
      "recall(m: 0.5)", 8,
      "unknown parameter \"m\"; recall takes momentum (above 0 and below 1, default none), "
        + "normalize (1 or left out, default no), per_image (1 or left out, default no)"
    ),
    ("recall(normalize: 0)", 19, "normalize must be 1 or left out, not 0"),
    ("recall(per_image: 2)", 19, "per_image must be 1 or left out, not 2"),
    ("logit_adjusted_ce(tau: -1)", 24, "tau must be at least 0, not -1"),
    ("jaccard_metric(smoothing: 1)", 27, "smoothing must be at least 0 and below 1, not 1"),
    ("unified_focal(delta: 1)", 22, "delta must be above 0 and below 1, not 1"),
    ("unified_focal(gamma: 1)", 22, "gamma must be at least 0 and below 1, not 1"),
    ("unified_focal(rare: 0)", 21, "rare must be above 0 and below 1, not 0"),
    ("poly1_ce(epsilon: -2)", 19, "epsilon must be at least -1, not -2"),
    ("seesaw(q: -1)", 11, "q must be at least 0, not -1"),
    ("tilted_ce(t: 0)", 14, "t must be above 0, not 0"),
  ])
  func mistakesArePointedAt(_ text: String, _ column: Int, _ message: String) {
    #expect(throws: UserError("loss \"\(text)\", column \(column): \(message)")) {
      try LossSpecification(parsing: text)
    }
  }

  @Test func termsCarryWeightNameAndValues() throws {
    let terms = try LossSpecification(parsing: "0.5 * ohem + recall + 2 * focal(gamma: 3)").terms
    #expect(terms.map(\.weight) == [2, 1, 0.5])
    #expect(terms.map(\.name) == ["focal", "recall", "ohem"])
    #expect(terms.map(\.values) == [["gamma": 3], [:], ["keep": 0.7]])
  }
}
