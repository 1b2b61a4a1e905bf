import ArgumentParser
import Datasets
import Experiments
import Foundation
import Report

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Make tables and figures from the stored runs of a sweep.",
    discussion: """
      Writes summary.csv, tables, the scatter of mean accuracy against mean IoU and one page of \
      all, report.html, into the sweep's folder, from the stored runs; nothing is trained.

        recallbench report results/quick
      """)

  @Argument(help: "Output folder of a sweep.")
  var folder: String

  func run() throws {
    let output = URL(filePath: folder)
    let runs = SweepSession.runs(output)
    guard FileManager.default.fileExists(atPath: runs.path) else {
      throw UserError(path: folder, problem: "holds no runs; run a sweep into it first")
    }
    let plan = try SweepPlan.load(output)
    let records = try RunFolder.loadAll(runs: runs)
    let failed = try RunFolder.loadUnfinished(runs: runs).compactMap { run in
      run.failure.map { FailedRun(configuration: run.configuration, reason: $0) }
    }
    let input = try ReportInput(
      profile: plan?.name ?? output.lastPathComponent, records: records, failed: failed,
      planned: plan?.cells ?? [],
      classes: [.synthia: .synthia, .cityscapes: .cityscapes, .camvid: .camvid])
    try writeReport(input, to: output)
    print("\(records.count) runs: \(folder)/report.html, tables.md, figures/scatter.png")
  }
}
