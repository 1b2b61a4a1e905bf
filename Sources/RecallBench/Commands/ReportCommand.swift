import ArgumentParser
import Datasets
import Experiments
import Files
import Foundation
import Report

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Make tables and figures from the stored runs of a sweep.",
    discussion: """
      From the stored runs, this command writes summary.csv, the tables, the scatter plot of mean \
      accuracy against mean IoU, and report.html, a page with all of them, into the sweep's \
      folder. It trains nothing. It removes files of an earlier report that are no longer made. \
      The page links to the pictures next to it; with --single-file it contains them, so that you \
      can send it. Pictures of predictions appear next to the images: rendered images are drawn \
      again if necessary; photographs are not stored with runs, and appear where their folder is \
      given.

        recallbench report results/quick
        recallbench report results/camvid --camvid /data/camvid \\
          --pictures ce,recall,lovasz
      """)

  @Argument(help: "Output folder of a sweep, or its sweep file for the default folder.")
  var folder: String
  @Option(
    help: ArgumentHelp(
      "Losses whose predictions are shown, at most \(PictureSheet.mostLosses) (default: ce and the "
        + "sweep's other losses).",
      valueName: "list"))
  var pictures: String?
  @Flag(help: "Embed the pictures in report.html, so that this one file can be sent.")
  var singleFile = false
  @OptionGroup(title: "Data") var data: DataOptions
  @OptionGroup(title: "Machine") var threads: ThreadOptions

  func validate() throws {
    guard let pictured else { return }
    let most = PictureSheet.mostLosses
    guard (1...most).contains(pictured.count), Set(pictured).count == pictured.count else {
      throw ValidationError("--pictures takes one to \(most) different losses.")
    }
  }

  private var pictured: [String]? { pictures.map(splitLosses) }

  /// The sweep file, if one is given.
  private func sweepFile() throws -> Sweep? {
    let url = URL(filePath: folder)
    return ["yml", "yaml"].contains(url.pathExtension) ? try Sweep(contentsOf: url) : nil
  }

  private func outputFolder() throws -> URL {
    guard var sweep = try sweepFile() else { return URL(filePath: folder) }
    let paths = try data.paths()
    sweep.replacesStandIns = sweep.datasets.contains {
      $0.data.source == .rendered && paths[$0.data.name] != nil
    }
    return sweep.defaultOutput
  }

  func run() throws {
    let output = try outputFolder()
    let folder = output.relativePath
    let sweep = SweepFolder(output)
    guard sweep.holdsRuns else {
      throw UserError(path: folder, problem: "holds no runs; run a sweep into it first")
    }
    sweep.removeLeftoversUnlessRunning()
    let plan = SweepPlan.loadReadable(
      output, outcome: "the report is made without it, and lists no runs that were not started")
    let stored = try sweep.loadReadable()
    let records = stored.records
    if records.isEmpty, !stored.damaged.isEmpty {
      throw UserError(
        path: folder, problem: "none of its finished runs can be read; run the sweep again")
    }
    try checkSameImages(records)
    try checkEngines(records, in: output)
    let failed =
      try sweep.loadUnfinished().compactMap { run in
        run.failure.map { FailedRun(configuration: run.configuration, reason: $0) }
      } + stored.damagedRuns.map { FailedRun(configuration: $0, reason: $1) }
    let planned = plan?.runs ?? []
    let classes = try classTables(of: records, planned: failed.map(\.configuration) + planned)
    var input = try ReportInput(
      profile: visible(plan?.name ?? output.lastPathComponent), records: records, failed: failed,
      planned: planned, classes: classes)
    input.tuning = plan?.tuning ?? []
    var failures = PictureFailures()
    let shown = input.pictured(records)
    try PictureSheet.check(pictured ?? [], among: shown)
    let sheets = PictureSheet.all(
      shown, losses: pictured, folders: try data.folders(sweepFile()),
      threads: threads.threadCount,
      minority: classes.mapValues(\.minority)
    ) { failures.add($0) }
    for name in PictureSheet.missing(pictured ?? [], in: sheets) {
      warn(
        "no pictures of \(name): its runs kept no predictions, or the folder of their photographs is "
          + "not given")
    }
    try writeReport(input, to: output, pictures: sheets, isSingleFile: singleFile)
    try failures.check()
    if let mixed = MixedMachines(records.map(\.environment)).sentence { print(mixed) }
    print("\(counted(records.count, "run")): \(folder)/report.html, tables.md, figures/scatter.png")
  }
}
