import Metrics
import Statistics

/// The runs of one panel and setting, compared with each other.
struct PanelComparisons {
  let panel: Panel
  let setting: Setting
  /// The losses that have runs with images.
  private let rows: [(loss: LossName, runs: [UInt64: ResampledRun])]
  /// What cross-entropy reaches by correcting its prior, by seed; empty where that is not stored.
  let correction: [UInt64: ResampledCurve]

  init(_ panel: Panel, _ setting: Setting) {
    (self.panel, self.setting) = (panel, setting)
    rows = panel.rows.filter { $0.setting == setting }.compactMap { row in
      let runs = row.runs.filter { !$0.images.isEmpty }.map {
        ($0.configuration.seed, ResampledRun($0.images))
      }
      return runs.isEmpty
        ? nil : (row.loss, Dictionary(runs, uniquingKeysWith: { first, _ in first }))
    }
    let own = panel.rows.first { $0.setting == setting && $0.loss.notation == "ce" }
    correction = (own?.runs ?? []).reduce(into: [:]) { curves, run in
      curves[run.configuration.seed] = run.corrected.flatMap(ResampledCurve.init)
    }
  }

  /// `S18`, or `S18-A` where the panel has several settings.
  var id: String { panel.id(setting) }

  /// The panel's title, with the setting's letter where there are several.
  var title: String {
    let letter = panel.letter(setting)
    return panel.title + (letter.isEmpty ? "" : " [\(letter)]")
  }

  /// How the setting's numbers were made, beginning with its letter.
  var caption: String {
    zip(panel.settings, panel.captions).first { $0.0 == setting }?.1 ?? ""
  }

  /// The runs of a loss, including those without images.
  func reportedRuns(of loss: LossName) -> [ReportedRun] {
    panel.rows.first { $0.loss == loss && $0.setting == setting }?.runs ?? []
  }

  /// In the order of tables.
  var losses: [LossName] { rows.map(\.loss) }

  /// The first loss of this name, whatever its parameters; published variants have names of their own.
  func loss(_ base: String) -> LossName? { losses.first { $0.base == base } }

  /// Each candidate's score minus the reference's, over the seeds that both have.
  ///
  /// - Returns: one for each candidate, adjusted for as many as could be compared; nil where one or
  ///   the other has no run, or they share no seed or not the images.
  func differences(_ candidates: [LossName], from reference: LossName, _ score: ClassMean)
    -> [PairedDifference?]
  {
    PairedDifference.adjusted(
      candidates.map { estimate($0, minus: reference, score) },
      floors: candidates.map { isFloor($0, reference, score) })
  }

  /// Whether both losses score 0, with every seed that both have, so that nothing can be told.
  private func isFloor(_ a: LossName, _ b: LossName, _ score: ClassMean) -> Bool {
    guard let a = resampled(a), let b = resampled(b) else { return false }
    let shared = a.keys.filter { b[$0] != nil }
    return !shared.isEmpty
      && shared.allSatisfy { seed in
        [a[seed], b[seed]].allSatisfy { run in
          run.flatMap { score($0.totals) }.map { $0 < PairedDifference.floor } ?? false
        }
      }
  }

  private func estimate(_ candidate: LossName, minus reference: LossName, _ score: ClassMean)
    -> Estimate?
  {
    guard let a = resampled(candidate), let b = resampled(reference) else { return nil }
    let pairs = a.keys.sorted().compactMap {
      seed -> (candidate: ResampledRun, reference: ResampledRun)? in
      guard let candidate = a[seed], let reference = b[seed] else { return nil }
      return (candidate, reference)
    }
    return Estimate(score, of: pairs)
  }

  /// Each loss's distance from what cross-entropy of the same seed reaches by correcting its prior.
  ///
  /// - Returns: one for each candidate, adjusted for as many as could be compared; nil where there is
  ///   no curve, or the curve does not reach the loss's level.
  func distances(_ candidates: [LossName], _ distance: CurveDistance) -> [PairedDifference?] {
    let estimates = candidates.map { loss -> Estimate? in
      let runs = resampled(loss) ?? [:]
      let pairs = runs.keys.sorted().compactMap {
        seed -> (run: ResampledRun, curve: ResampledCurve)? in
        guard let run = runs[seed], let curve = correction[seed] else { return nil }
        return (run, curve)
      }
      return Estimate(distance, of: pairs)
    }
    return PairedDifference.adjusted(estimates)
  }

  /// The runs of a loss by seed; nil where it has none with images.
  func resampled(_ loss: LossName) -> [UInt64: ResampledRun]? {
    rows.first { $0.loss == loss }?.runs
  }

  /// Classes by labeled pixels in the evaluated images, fewest first; those without any left out.
  var classesBySize: [Int] {
    guard let run = rows.first?.runs.min(by: { $0.key < $1.key })?.value else { return [] }
    let pixels = run.totals.labeled
    return pixels.indices.filter { pixels[$0] > 0 }.sorted { (pixels[$0], $0) < (pixels[$1], $1) }
  }

  /// Of all losses, ascending.
  var seeds: [UInt64] { Set(rows.flatMap { $0.runs.keys }).sorted() }

  /// Whether no loss has a second seed, so that there is no verdict on any.
  var hasOneSeed: Bool { rows.allSatisfy { $0.runs.count < 2 } }

  /// The seeds and images that the numbers of this panel rest on.
  var basis: String {
    let images = Set(rows.flatMap { $0.runs.values.map(\.images) }).sorted()
    let counts = images.map(String.init).joined(separator: " or ")
    return seeds.count > 1
      ? "over \(seeds.count) seeds and \(counts) images"
      : "over \(counts) images only: one seed gives no verdict, since it does not show how much "
        + "trainings differ"
  }
}
