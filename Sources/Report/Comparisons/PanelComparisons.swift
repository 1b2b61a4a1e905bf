import Metrics
import Statistics

/// The runs of one panel and setting, compared with each other.
struct PanelComparisons {
  let panel: Panel
  let setting: Setting
  /// The losses that have runs with images.
  private let rows: [(loss: LossName, runs: [UInt64: ResampledRun])]

  init(_ panel: Panel, _ setting: Setting) {
    (self.panel, self.setting) = (panel, setting)
    rows = panel.rows.filter { $0.setting == setting }.compactMap { row in
      let runs = row.runs.filter { !$0.images.isEmpty }.map {
        ($0.configuration.seed, ResampledRun($0.images))
      }
      return runs.isEmpty
        ? nil : (row.loss, Dictionary(runs, uniquingKeysWith: { first, _ in first }))
    }
  }

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
    let estimates = candidates.map { estimate($0, minus: reference, score) }
    var adjusted = holm(estimates.compactMap { $0?.pValue })[...]
    return estimates.map { estimate in
      estimate.map { PairedDifference(estimate: $0, adjusted: adjusted.removeFirst()) }
    }
  }

  private func estimate(_ candidate: LossName, minus reference: LossName, _ score: ClassMean)
    -> Estimate?
  {
    guard let a = runs(candidate), let b = runs(reference) else { return nil }
    let pairs = a.keys.sorted().compactMap {
      seed -> (candidate: ResampledRun, reference: ResampledRun)? in
      guard let candidate = a[seed], let reference = b[seed] else { return nil }
      return (candidate, reference)
    }
    return Estimate(score, of: pairs)
  }

  private func runs(_ loss: LossName) -> [UInt64: ResampledRun]? {
    rows.first { $0.loss == loss }?.runs
  }

  /// Classes by labeled pixels in the evaluated images, fewest first; those without any left out.
  var classesBySize: [Int] {
    guard let run = rows.first?.runs.min(by: { $0.key < $1.key })?.value else { return [] }
    let pixels = run.totals.labeled
    return pixels.indices.filter { pixels[$0] > 0 }.sorted { (pixels[$0], $0) < (pixels[$1], $1) }
  }

  private var seeds: Set<UInt64> { Set(rows.flatMap { $0.runs.keys }) }

  /// The remark after a verdict that rests on one seed.
  var caveat: String { seeds.count == 1 ? " (one seed)" : "" }

  /// The seeds and images that the numbers of this panel rest on.
  var basis: String {
    let images = Set(rows.flatMap { $0.runs.values.map(\.images) }).sorted()
    let counts = images.map(String.init).joined(separator: " or ")
    return seeds.count > 1
      ? "over \(seeds.count) seeds and \(counts) images"
      : "over \(counts) images only: with one seed nothing is known of how trainings differ"
  }
}
