import Files
import Metrics

/// `summary.csv`, one line per run: done, failed, or unfinished where it was planned and has no result
/// yet.
struct Summary: Artifact {
  let grid: Grid

  var files: [ReportFile] { [ReportFile("summary.csv", .text(csv))] }
  var markdown: String? { "One line per run: [summary.csv](summary.csv).\n" }

  private var csv: String {
    var lines = [
      "dataset,architecture,backbone,loss,seed,iterations,"
        + Metric.all.map { "mean_\($0.name)," }.joined() + "pixel_accuracy,seconds,state"
    ]
    let noScores = [String](repeating: "", count: Metric.all.count + 2)
    for panel in grid.panels {
      for row in panel.rows {
        func line(_ seed: UInt64, _ values: [String], _ state: String) -> String {
          csvLine(
            [
              panel.dataset.rawValue, panel.network.architecture.rawValue,
              panel.network.backbone.rawValue, row.loss.notation, "\(seed)",
              "\(row.setting.shared.training.iterations)",
            ] + values + [state])
        }
        let done = row.runs.map { run in
          let scores = Metric.all.map { $0.mean(run.confusion) } + [run.confusion.pixelAccuracy]
          let percents = scores.map { $0.map { fixed(100 * $0, 2) } ?? "" }
          let seed = run.configuration.seed
          return (seed, line(seed, percents + [fixed(run.seconds, 1)], "done"))
        }
        let failed = row.failed.map { run in
          let seed = run.configuration.seed
          return (seed, line(seed, noScores, "failed"))
        }
        let missing = row.missing.map { ($0, line($0, noScores, "unfinished")) }
        lines += (done + failed + missing).sorted { $0.0 < $1.0 }.map(\.1)
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
