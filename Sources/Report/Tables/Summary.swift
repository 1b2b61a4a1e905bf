import Files
import Metrics

/// `summary.csv`, one line per run: done, failed, or unfinished where it was planned and has no result
/// yet.
struct Summary: Artifact {
  let grid: Grid

  private static let header =
    ["dataset", "architecture", "backbone", "loss", "seed", "iterations"]
    + Metric.all.map { "mean_\($0.name)" } + ["pixel_accuracy", "seconds", "state"]

  var files: [ReportFile] {
    [
      .csv(
        "summary.csv", header: Self.header,
        grid.panels.flatMap { panel in panel.rows.flatMap { records($0, panel) } },
        caption: [
          "One row per run, finished or not; means over all classes that have a value, in percent.",
          "runs.csv has the settings, the classes, and all digits.",
        ])
    ]
  }
  var markdown: String? { "One line per run: [summary.csv](summary.csv).\n" }

  /// By seed.
  private func records(_ row: GridRow, _ panel: Panel) -> [[String]] {
    let noScores = [String](repeating: "", count: Metric.all.count + 2)
    func record(_ seed: UInt64, _ values: [String], _ state: String) -> [String] {
      [
        panel.dataset.rawValue, panel.network.architecture.rawValue,
        panel.network.backbone.rawValue, row.loss.notation, "\(seed)",
        "\(row.setting.shared.training.iterations)",
      ] + values + [state]
    }
    let done = row.runs.map { run in
      let scores = Metric.all.map { $0.mean(run.confusion) } + [run.confusion.pixelAccuracy]
      let percents = scores.map { csvNumber($0.map { 100 * $0 }, 2) }
      let seed = run.configuration.seed
      return (seed, record(seed, percents + [csvNumber(run.seconds, 1)], "done"))
    }
    let failed = row.failed.map(\.configuration.seed).map { ($0, record($0, noScores, "failed")) }
    let missing = row.missing.map { ($0, record($0, noScores, "unfinished")) }
    return (done + failed + missing).sorted { $0.0 < $1.0 }.map(\.1)
  }
}
