import ArgumentParser
import Datasets
import Experiments
import Foundation
import Models

struct SweepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "Train and evaluate every run of a sweep file.",
    discussion: """
      Finished runs are skipped, and half-done ones continue from their last checkpoint, so you \
      resume an interrupted sweep by typing the same command again. A run that fails does not stop \
      the others, but the exit status is then 1. Ctrl-C saves a checkpoint before the sweep stops \
      (status 130); a second Ctrl-C stops it at once.

        recallbench sweep benchmarks/sweeps/quick.yml --output results/quick
        recallbench sweep benchmarks/sweeps/paper.yml --output results/paper \\
          --synthia /data/SYNTHIA-SEQS-05-SUMMER --cityscapes /data/cityscapes
        recallbench sweep benchmarks/sweeps/quick.yml \\
          --losses "focal(gamma: 2)" --dry-run
        recallbench sweep benchmarks/sweeps/quick.yml \\
          --torch my_losses.py:MyLoss --output results/quick

      With --torch alone, the sweep trains only that loss; with --losses as well, it trains that \
      loss after the others.
      """)

  @Argument(help: "Sweep file (YAML), such as benchmarks/sweeps/quick.yml.")
  var file: String
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Folder of the runs (default: results/<name of the sweep>, with -real or -pretrained "
        + "appended where options call for it).",
      valueName: "folder"))
  var output: String?
  @Option(
    help: ArgumentHelp(
      "Losses to train instead of the file's, such as \"ce,focal(gamma: 2)\".", valueName: "list"))
  var losses: String?
  @Option(help: "\(names(of: Architecture.self)) (default: the file's).")
  var architecture: String?
  @OptionGroup var runs: RunOptions
  @Option(help: "Number of runs to train at once (default: the file's).")
  var jobs: Int?
  @Flag(help: "List the runs and their states without training.")
  var dryRun = false
  @Flag(help: "Make tables and figures afterward, as 'report' does, even if runs failed.")
  var report = false
  @OptionGroup(title: "PyTorch") var torch: TorchOptions
  @OptionGroup(title: "Weights") var weights: PretrainedOptions
  @OptionGroup(title: "Data") var data: DataOptions
  @OptionGroup(title: "Machine") var machine: MachineOptions

  func validate() throws {
    if let jobs, !(1...64).contains(jobs) { throw ValidationError("--jobs must be from 1 to 64.") }
    _ = try selection()
  }

  private func selection() throws -> SweepOverrides {
    var selection = try runs.selection(data, weights)
    selection.losses = losses.map(splitLosses)
    selection.architecture = try architecture.map { try choice($0, "architecture") }
    return selection
  }

  func run() throws {
    var sweep = try Sweep(contentsOf: URL(filePath: file))
    var selection = try selection()
    selection.torch = try torch.files()
    try sweep.apply(selection)
    sweep.jobs = jobs ?? sweep.jobs
    let output = output.map { URL(filePath: $0) } ?? sweep.defaultOutput
    if dryRun { return try list(sweep, output) }
    let session = SweepExecution(
      sweep: sweep, output: output, threads: machine.threadCount,
      addsToPlan: selection.changesRuns, data: try data.folders(),
      checkpointEverySeconds: machine.checkpointEvery, torch: torch.setup)
    do { try runSession(session) } catch let exit as ExitCode where report && exit.rawValue == 1 {
      try makeReport(output)
      throw exit
    }
    if report { try makeReport(output) }
  }

  /// Makes a report; a sweep in which some runs failed gets one, too.
  private func makeReport(_ output: URL) throws {
    var arguments = [output.relativePath, "--threads", "\(machine.threadCount)"]
    arguments += data.arguments
    let command = try ReportCommand.parse(arguments)
    try command.run()
  }

  private func list(_ sweep: Sweep, _ output: URL) throws {
    for run in sweep.runs {
      let folder = try RunFolder(SweepFolder(output), configuration: run)
      print("\(folder.state)  \(run.label)  \(folder.url.lastPathComponent)")
    }
    print("\(sweep.runs.count) runs")
  }
}

extension RunFolder {
  fileprivate var state: String {
    if isDone { return "done" }
    return FileManager.default.fileExists(atPath: url.path) ? "half" : "open"
  }
}

/// Runs a session to its end, reports how it went, and ends the command accordingly.
func runSession(_ session: SweepExecution) throws {
  Interruption.install()
  let outcome = try session.run { Interruption.isRequested }
  if !outcome.failures.isEmpty { report(outcome.failures, of: session.sweep.runs.count) }
  if outcome.isInterrupted {
    Interruption.explain()
    throw ExitCode(Interruption.exitStatus)
  }
  if !outcome.failures.isEmpty { throw ExitCode(1) }
  print(
    "\(outcome.finished) runs trained, \(outcome.skipped) were done before; "
      + "tables and figures: \(ProgramName.current) report \(session.output.relativePath)")
}

/// Writes a line for each reason, with the runs that failed for it.
private func report(_ failures: [RunQueue.Failure], of total: Int) {
  var reasons: [String] = []
  for failure in failures where !reasons.contains(failure.reason) { reasons.append(failure.reason) }
  for reason in reasons {
    let runs = failures.filter { $0.reason == reason }.map(\.configuration.label)
    let text =
      "error: \(runs.count) of \(total) runs failed: \(reason) [\(runs.joined(separator: ", "))]\n"
    FileHandle.standardError.write(Data(text.utf8))
  }
}
