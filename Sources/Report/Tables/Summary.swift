import Files

/// One line a run: done, failed, or unfinished where it was planned and has no result yet.
func summaryCSV(_ grid: Grid) -> String {
  var lines = [
    "dataset,architecture,backbone,loss,seed,iterations,mean_accuracy,mean_iou,pixel_accuracy,seconds,state"
  ]
  for panel in grid.panels {
    for row in panel.rows {
      func line(_ seed: UInt64, _ values: [String], _ state: String) -> String {
        csvLine(
          [
            panel.panel.dataset.rawValue, panel.panel.network.architecture.rawValue,
            panel.panel.network.backbone.rawValue, row.loss.notation, "\(seed)",
            "\(row.setting.shared.training.iterations)",
          ] + values + [state])
      }
      let done = row.runs.map { run in
        let scores = Scores(run.confusion)
        let percents = [scores.meanAccuracy, scores.meanIoU, scores.pixelAccuracy].map {
          $0.map { fixed(100 * $0, 2) } ?? ""
        }
        let seed = run.configuration.seed
        return (seed, line(seed, percents + [fixed(run.seconds, 1)], "done"))
      }
      let failed = row.failed.map { run in
        let seed = run.configuration.seed
        return (seed, line(seed, ["", "", "", ""], "failed"))
      }
      let missing = row.missing.map { ($0, line($0, ["", "", "", ""], "unfinished")) }
      lines += (done + failed + missing).sorted { $0.0 < $1.0 }.map(\.1)
    }
  }
  return lines.joined(separator: "\n") + "\n"
}
