import Datasets
import Files
import Metrics

/// A panel that has cross-entropy and something to compare with it.
struct ComparedPanel {
  let comparisons: PanelComparisons
  let reference: LossName
  /// The other losses, in the order of tables.
  let others: [LossName]

  init?(_ comparisons: PanelComparisons) {
    guard let reference = comparisons.loss("ce") else { return nil }
    (self.comparisons, self.reference) = (comparisons, reference)
    others = comparisons.losses.filter { $0 != reference }
    if others.isEmpty { return nil }
  }

  var id: String { comparisons.id }
  var kind: DataKind { comparisons.setting.shared.data.kind }

  /// All other losses - cross-entropy.
  func differences(_ score: ClassMean) -> [(loss: LossName, difference: PairedDifference)] {
    differences(others, from: reference, score)
  }

  func differences(
    _ candidates: [LossName], from reference: LossName, _ score: ClassMean
  ) -> [(loss: LossName, difference: PairedDifference)] {
    let found = comparisons.differences(candidates, from: reference, score)
    return zip(candidates, found).compactMap { loss, difference in
      difference.map { (loss, $0) }
    }
  }
}

/// Panels on one kind of data, about which there is one sentence for each question.
struct PanelGroup {
  let panels: [ComparedPanel]

  /// Real data first; within a kind, panels of several seeds alone where there are any.
  static func all(_ panels: [ComparedPanel]) -> [PanelGroup] {
    DataKind.allCases.compactMap { kind in
      let alike = panels.filter { $0.kind == kind }
      let repeated = alike.filter { !$0.comparisons.hasOneSeed }
      let used = repeated.isEmpty ? alike : repeated
      return used.isEmpty ? nil : PanelGroup(panels: used)
    }
  }

  /// `with ResNet-18` where that says which of the panels it is; else `in S18`.
  private func place(_ panel: ComparedPanel) -> String {
    let backbone = panel.comparisons.panel.network.backbone
    let alike = panels.filter { $0.comparisons.panel.network.backbone == backbone }
    let datasets = Set(panels.map(\.comparisons.panel.dataset))
    return alike.count == 1 && datasets.count == 1
      ? "with \(backbone.title)" : "in \(panel.id)"
  }

  /// `On CamVid (real data, DeepLab v3+, 3 seeds)`; with the backbone where there is one.
  private var intro: String {
    var names: [String] = []
    for panel in panels where !names.contains(panel.comparisons.panel.dataset.title) {
      names.append(panel.comparisons.panel.dataset.title)
    }
    let counts = Set(panels.map(\.comparisons.seeds.count)).sorted()
    let seeds =
      counts == [1]
      ? "one seed: no verdict"
      : "\(counts.map(String.init).joined(separator: " to ")) seeds"
    let isPlural = panels[0].kind == .rendered && names.count > 1
    let kind = panels[0].kind.rawValue + (isPlural ? "s" : "")
    let parts = [kind] + networks + [seeds]
    return "On \(list(names)) (\(parts.joined(separator: ", ")))"
  }

  private var networks: [String] {
    let all = panels.map(\.comparisons.panel.network)
    let architectures = Set(all.map(\.architecture))
    guard let first = all.first, architectures.count == 1 else { return [] }
    return [first.architecture.title + (all.count == 1 ? " \(first.backbone.title)" : "")]
  }

  private var ids: String {
    panels.map(\.id).joined(separator: ", ")
  }

  /// - Parameter source: the panels that it is about; nil: all.
  private func sentence(
    _ text: String, _ anchor: String, _ heading: String, source: String? = nil
  ) -> Findings.Sentence {
    Findings.Sentence(
      text: text, anchor: anchor, address: "#" + markdownAnchor(heading), source: source ?? ids)
  }

  private func ofDifferences(_ text: String, source: String? = nil) -> [Findings.Sentence] {
    [
      sentence(
        text, "differences", "\(panels[0].id): differences from cross-entropy", source: source)
    ]
  }

  /// What the loss does to mean accuracy and mean IoU.
  func effect(of subject: LossName) -> [Findings.Sentence] {
    let parts = Self.scores.flatMap { score in
      range(subject, score)?.clauses(score.title, from: "ce") ?? []
    }
    guard !parts.isEmpty else { return [] }
    return ofDifferences("\(intro), \(subject.notation) \(listOfClauses(parts))")
  }

  private static let scores = [ClassMean.meanAccuracy, .meanIoU]

  private func range(_ loss: LossName, _ score: ClassMean) -> DifferenceRange? {
    DifferenceRange(
      panels.compactMap { panel in
        panel.differences(score).first { $0.loss == loss }.map {
          (place: place(panel), difference: $0.difference)
        }
      })
  }

  /// The loss with the highest mean accuracy, of those that can be told apart from cross-entropy where there
  /// are any, and what it costs in mean IoU.
  func leader(besides subject: LossName) -> [Findings.Sentence] {
    let panel = panels[0]
    let all = panel.differences(.meanAccuracy)
    let told = all.filter { $0.difference.verdict == .higher }
    let best = Self.highest(told.isEmpty ? all : told)
    guard let best,
      best.loss != subject, best.difference.estimate.value > 0,
      best.difference.verdict != .oneSeed,
      let cost = panel.differences(.meanIoU).first(where: { $0.loss == best.loss })
    else { return [] }
    let parts =
      clauses(best.difference, ClassMean.meanAccuracy.title)
      + clauses(cost.difference, ClassMean.meanIoU.title)
    let lead: String
    if let top = Self.highest(all), top.loss != best.loss {
      lead =
        "Of the losses with distinguishably higher mean accuracy than ce \(place(panel)), "
        + "\(best.loss.notation) has the highest (that of \(top.loss.notation) is higher, but "
        + "inconclusive)"
    } else {
      lead = "\(best.loss.notation) has the highest mean accuracy \(place(panel))"
    }
    return ofDifferences("\(lead): it \(listOfClauses(parts))", source: panel.id)
  }

  private static func highest(_ all: [(loss: LossName, difference: PairedDifference)])
    -> (loss: LossName, difference: PairedDifference)?
  {
    all.max { $0.difference.estimate.value < $1.difference.estimate.value }
  }

  private func clauses(_ difference: PairedDifference, _ score: String) -> [String] {
    DifferenceRange([(place: "", difference: difference)])?.clauses(score, from: "ce") ?? []
  }

  /// Whether these runs can tell the loss from cross-entropy anywhere; if not, that they cannot tell it
  /// from others says nothing.
  private func isTold(_ subject: LossName) -> Bool {
    panels.contains { panel in
      Self.scores.contains { score in
        panel.differences(score).contains {
          $0.loss == subject && $0.difference.verdict.isDecided
        }
      }
    }
  }

  /// Losses whose differences from this one are inconclusive in both scores, in every panel.
  func alternatives(to subject: LossName) -> [Findings.Sentence] {
    guard isTold(subject) else { return [] }
    let found = panels.filter { $0.others.contains(subject) }
      .map { Alternatives($0, to: subject, Self.scores) }
    let alike = found.dropFirst().reduce(found.first?.alike ?? []) { shared, next in
      shared.filter(next.alike.contains)
    }
    let largest = found.flatMap { $0.largest(of: alike) }.max { $0.size < $1.size }
    guard let largest else { return [] }
    return ofDifferences(
      "\(list(alike.map(\.notation))) cannot be told apart from \(subject.notation) in mean accuracy "
        + "or mean IoU; the largest difference is \(largest.text)")
  }

  /// Whether the loss lies above what correcting the prior of cross-entropy reaches.
  func correction(of subject: LossName) -> [Findings.Sentence] {
    let found = panels.compactMap { panel -> DifferenceRange.Entry? in
      let losses = panel.comparisons.losses.filter { $0.notation != "ce" }
      let distances = panel.comparisons.distances(losses, .iouAtEqualAccuracy)
      return zip(losses, distances).first { $0.0 == subject }?.1.map {
        (place: place(panel), difference: $0)
      }
    }
    guard let range = DifferenceRange(found) else { return [] }
    return [
      sentence(
        "At equal mean accuracy, \(subject.notation) "
          + listOfClauses(
            range.clauses("mean IoU", from: "ce with its prior corrected after training")),
        "correction",
        "\(panels[0].id): \(CorrectionTable.subject)")
    ]
  }

  /// Accuracy and IoU of the minority classes, as its table averages them.
  func minority(of subject: LossName) -> [Findings.Sentence] {
    let panel = panels[0]
    let key = panel.comparisons.panel
    let minority = MinorityClasses(key.dataset, key.classes)
    let parts = [Metric.accuracy, .iou].flatMap { metric -> [String] in
      let found = panel.differences(minority.mean(metric)).first {
        $0.loss == subject && !$0.difference.isFloor
      }
      return found.map { clauses($0.difference, metric.title) } ?? []
    }
    guard !parts.isEmpty else { return [] }
    return [
      sentence(
        "On the minority classes \(place(panel)), \(subject.notation) \(listOfClauses(parts))",
        "table-\(key.slug)-minority",
        "\(key.id): \(Table.minoritySubject(key))", source: panel.id)
    ]
  }
}
