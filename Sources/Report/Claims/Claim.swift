import Datasets
import Metrics
import Statistics

/// A statement of the paper that stored runs can test.
struct Claim: Sendable {
  let id: String
  /// Of the paper.
  let section: String
  let statement: String
  /// What has to hold, in words; `Rule` says how each part is judged.
  let test: String
  /// The data set that the statement is about; nil: every one.
  var dataset: DatasetName?
  let judge: @Sendable (PanelComparisons) -> Finding

  /// The finding in one panel; a claim about another data set is not tested.
  func finding(_ comparisons: PanelComparisons) -> Finding {
    if let dataset, dataset != comparisons.panel.dataset {
      return .untested("the statement is about \(dataset.title)")
    }
    return judge(comparisons)
  }
}

extension PanelComparisons {
  /// Differences of the named losses from a reference, judged one by one.
  func judge(
    _ names: [String], from reference: String, _ score: ClassMean,
    _ rule: (PairedDifference?, String) -> Finding
  ) -> [Finding] {
    let missing = (names + [reference]).filter { loss($0) == nil }
    guard missing.isEmpty, let reference = loss(reference) else {
      return [.untested("no run of \(missing.joined(separator: ", "))")]
    }
    let candidates = names.compactMap(loss)
    // The family of the correction is what tables correct for: all losses against the reference.
    let others = losses.filter { $0 != reference }
    let differences = differences(others, from: reference, score)
    return candidates.map { candidate in
      let difference = others.firstIndex(of: candidate).flatMap { differences[$0] }
      return rule(difference, "\(candidate.base) - \(reference.base), \(score.title)")
    }
  }

  fileprivate func higher(_ names: [String], than reference: String, _ score: ClassMean)
    -> [Finding]
  {
    judge(names, from: reference, score) { Rule.direction($0, isHigher: true, $1) }
  }

  fileprivate func lower(_ names: [String], than reference: String, _ score: ClassMean) -> [Finding]
  {
    judge(names, from: reference, score) { Rule.direction($0, isHigher: false, $1) }
  }

  /// The class with the fewest labeled pixels in the evaluated images, and its name.
  fileprivate var smallest: (id: Int, name: String)? {
    classesBySize.first.map { ($0, panel.classes.names[$0]) }
  }

  /// The distance in mean IoU decides; that in mean accuracy is reported with it.
  fileprivate func judgeAboveCorrection(_ name: String) -> Finding {
    guard let loss = loss(name) else { return .untested("no run of \(name)") }
    guard !correction.isEmpty else {
      return .untested("no run of ce with corrected predictions is stored")
    }
    let losses = losses.filter { $0.notation != "ce" }
    func difference(_ distance: CurveDistance) -> PairedDifference? {
      losses.firstIndex(of: loss).flatMap { distances(losses, distance)[$0] }
    }
    guard let iou = difference(.iouAtEqualAccuracy) else {
      return .untested("\(name) has a mean accuracy that ce reaches with no tau in every seed")
    }
    let accuracy = difference(.accuracyAtEqualIoU).map(\.text) ?? "not reached"
    var finding = Rule.direction(
      iou, isHigher: true, "\(name) - ce @ tau, mean IoU at equal mean accuracy")
    finding.numbers.append("mean accuracy at equal mean IoU: \(accuracy)")
    return finding
  }

  fileprivate func judgeTrend(_ name: String, rises: Bool) -> Finding {
    guard let smallest, let loss = loss(name) else { return .untested("no run of \(name)") }
    return weightTrend(of: smallest.id, loss).finding(
      rises: rises, "\(smallest.name)'s share of the weights of \(name), in points")
  }
}

extension Claim {
  /// In the order of the paper.
  static let all: [Claim] = [
    Claim(
      id: "between", section: "abstract",
      statement: "Recall loss lies between cross-entropy and inverse frequency weighting.",
      test: "mean accuracy: recall above ce and below weighted_ce"
    ) {
      .all(
        $0.higher(["recall"], than: "ce", .meanAccuracy)
          + $0.lower(["recall"], than: "weighted_ce", .meanAccuracy))
    },
    Claim(
      id: "precision-explodes", section: "III-C",
      statement: "Weighting by precision lets false positives explode.",
      test: "minority false positives in training, last quarter: precision_ce above ce and recall"
    ) { comparisons in
      guard let precision = comparisons.loss("precision_ce") else {
        return .untested("no run of precision_ce (benchmarks/sweeps/necessity.yml)")
      }
      return .all(
        ["ce", "recall"].map { name in
          comparisons.loss(name).map { comparisons.falsePositives(of: precision, minus: $0) }
            ?? .untested("no run of \(name)")
        })
    },
    Claim(
      id: "weighting-accuracy", section: "IV-B, IV-C",
      statement: "Weighted and balanced cross-entropy raise mean accuracy considerably.",
      test: "mean accuracy: weighted_ce and balanced_ce above ce"
    ) { .all($0.higher(["weighted_ce", "balanced_ce"], than: "ce", .meanAccuracy)) },
    Claim(
      id: "weighting-iou", section: "IV-B, IV-C",
      statement: "Weighted and balanced cross-entropy cost mean IoU.",
      test: "mean IoU: weighted_ce and balanced_ce below ce"
    ) { .all($0.lower(["weighted_ce", "balanced_ce"], than: "ce", .meanIoU)) },
    Claim(
      id: "focal-alike", section: "IV-B",
      statement: "Focal loss performs similarly to cross-entropy.",
      test: "mean accuracy and mean IoU: focal within 2 points of ce"
    ) {
      .all(
        $0.judge(["focal"], from: "ce", .meanAccuracy, Rule.alike)
          + $0.judge(["focal"], from: "ce", .meanIoU, Rule.alike))
    },
    Claim(
      id: "ohem-worse", section: "IV-B", statement: "OHEM performs worse on both metrics.",
      test: "mean accuracy and mean IoU: ohem below ce"
    ) {
      .all(
        $0.lower(["ohem"], than: "ce", .meanAccuracy)
          + $0.lower(["ohem"], than: "ce", .meanIoU))
    },
    Claim(
      id: "soft-iou-synthia", section: "IV-B",
      statement: "SoftIoU improves both IoU and accuracy on Synthia.",
      test: "mean accuracy and mean IoU: soft_iou above ce", dataset: .synthia
    ) {
      .all(
        $0.higher(["soft_iou"], than: "ce", .meanAccuracy)
          + $0.higher(["soft_iou"], than: "ce", .meanIoU))
    },
    Claim(
      id: "soft-iou-cityscapes", section: "IV-C",
      statement: "SoftIoU's IoU does not match cross-entropy's on Cityscapes.",
      test: "mean IoU: soft_iou below ce", dataset: .cityscapes
    ) { .all($0.lower(["soft_iou"], than: "ce", .meanIoU)) },
    Claim(
      id: "recall-highest", section: "IV-B, IV-C",
      statement:
        "Recall loss has the highest mean accuracy besides weighted and balanced cross-entropy.",
      test: "mean accuracy: ce, focal, ohem, soft_iou and lovasz below recall"
    ) {
      .all(
        $0.lower(
          ["ce", "focal", "ohem", "soft_iou", "lovasz"], than: "recall", .meanAccuracy))
    },
    Claim(
      id: "recall-competitive", section: "IV-B, IV-C",
      statement: "Recall loss has competitive mean IoU.",
      test: "mean IoU: recall not more than 2 points below ce"
    ) { .all($0.judge(["recall"], from: "ce", .meanIoU, Rule.notWorse)) },
    Claim(
      id: "recall-smallest", section: "IV-B",
      statement: "Recall loss raises accuracy and IoU of the smallest class.",
      test: "accuracy and IoU of the class with the fewest evaluated pixels: recall above ce"
    ) {
      guard let smallest = $0.smallest else { return .untested("no evaluated images") }
      return .all(
        $0.higher(
          ["recall"], than: "ce", ClassMean(.accuracy, over: [smallest.id], named: smallest.name))
          + $0.higher(
            ["recall"], than: "ce", ClassMean(.iou, over: [smallest.id], named: smallest.name)))
    },
    Claim(
      id: "pole-easy", section: "IV-B",
      statement: "Pole is an easy class, therefore weighting is not necessary.",
      test:
        "accuracy of pole: with ce not more than 2 points below ce's mean accuracy, with recall "
        + "not more than 2 points above ce", dataset: .synthia
    ) { $0.judgeEasy("pole") },
    Claim(
      id: "recall-minority", section: "IV-C",
      statement:
        "Recall loss raises the accuracy of minority classes with less loss of IoU than balanced "
        + "cross-entropy.",
      test: "minority classes: accuracy of recall above ce, IoU of balanced_ce below recall"
    ) {
      let minority = $0.panel.classes.minority
      return .all(
        $0.higher(
          ["recall"], than: "ce", ClassMean(.accuracy, over: minority, named: "the minority"))
          + $0.lower(
            ["balanced_ce"], than: "recall", ClassMean(.iou, over: minority, named: "the minority"))
      )
    },
    Claim(
      id: "recall-above-correction", section: "none",
      statement:
        "Recall loss lies above what cross-entropy reaches by correcting its prior after training.",
      test: "mean IoU at equal mean accuracy: recall above the curve of ce @ tau, tau from 0 to 1"
    ) { $0.judgeAboveCorrection("recall") },
    Claim(
      id: "recall-weight-falls", section: "IV-D",
      statement: "The smallest class's share of the recall weights falls over training.",
      test: "share in the last quarter of the history below that in the first"
    ) { $0.judgeTrend("recall", rises: false) },
    Claim(
      id: "focal-weight-rises", section: "IV-D",
      statement: "The smallest class's share of the focal weights rises over training.",
      test: "share in the last quarter of the history above that in the first"
    ) { $0.judgeTrend("focal", rises: true) },
    .selectionAdds, .selectionKeepsOrder,
  ]
}
