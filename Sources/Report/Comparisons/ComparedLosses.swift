import Experiments
import Metrics
import Statistics

/// The losses of one panel and setting that are compared with one of them.
struct ComparedLosses {
  let comparisons: PanelComparisons
  let reference: LossName
  /// In the order of tables.
  let candidates: [LossName]

  /// nil if there is no run of the reference, or nothing to compare with it.
  /// - Parameters:
  ///   - losses: notations, or names such as `recall`; nil: every loss.
  ///   - reference: a notation, or a name such as `ce`.
  init?(_ comparisons: PanelComparisons, of losses: [String]?, from reference: String) {
    let known = comparisons.losses
    func means(_ name: String, _ loss: LossName) -> Bool {
      loss.notation == name || loss.base == name
    }
    guard
      let found = known.first(where: { $0.notation == reference })
        ?? known.first(where: { means(reference, $0) })
    else { return nil }
    let candidates = known.filter { loss in
      loss != found && (losses?.contains { means($0, loss) } ?? true)
    }
    guard !candidates.isEmpty else { return nil }
    (self.comparisons, self.reference, self.candidates) = (comparisons, found, candidates)
  }

  /// Those of every panel and setting.
  static func all(_ grid: Grid, of losses: [String]?, from reference: String) -> [ComparedLosses] {
    grid.panels.flatMap { panel in
      panel.settings.map { PanelComparisons(panel, $0) }
    }.compactMap { ComparedLosses($0, of: losses, from: reference) }
  }

  var panel: Panel { comparisons.panel }

  /// Of files and anchors.
  var slug: String { panel.slug + panel.letterSuffix(comparisons.setting) }

  func style(_ loss: LossName) -> MarkerStyle { panel.style(loss, in: comparisons.setting) }

  func name(_ loss: LossName) -> String { panel.shortName(loss) }

  /// Runs of the two of the same seed.
  func pairs(_ loss: LossName) -> [(candidate: ResampledRun, reference: ResampledRun)] {
    guard let own = comparisons.resampled(loss), let base = comparisons.resampled(reference)
    else { return [] }
    return own.keys.sorted().compactMap { seed in
      guard let candidate = own[seed], let reference = base[seed] else { return nil }
      return (candidate, reference)
    }
  }

  /// What intervals are over, in a few words for a chart.
  /// - Parameter isNarrow: whether the chart has room for a few words only.
  static func basis(_ estimates: [Estimate], isNarrow: Bool = false) -> String {
    let images = Set(estimates.map(\.images)).sorted().map(String.init).joined(separator: " or ")
    guard let most = estimates.map(\.seeds).max(), let least = estimates.map(\.seeds).min() else {
      return "no interval"
    }
    if most == 1 {
      return isNarrow
        ? "1 seed, \(images) images" : "one seed: intervals over \(images) images only"
    }
    let seeds = least == most ? "\(most) seeds" : "up to \(most) seeds"
    return isNarrow ? "\(seeds), \(images) images" : "95 % over \(seeds) and \(images) images"
  }
}

extension ClassMean {
  /// The score of one class.
  init(_ metric: Metric, ofClass c: Int) { self.init(metric, over: [c], named: "class \(c)") }
}
