import ArgumentParser
import Datasets
import Experiments
import Foundation

struct TuneCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tune",
    abstract: "Search every loss's learning rate and parameters, then compare the chosen ones.",
    discussion: """
      The sweep file's 'tune' section lists learning rates, and values of some losses' parameters. \
      Every loss gets the same number of trials: the listed rates first; then, at the best of them, \
      its own parameters, or, for as many trials as other losses have, rates around the best one. \
      The trial with the highest mean IoU on the validation split is chosen, for each data set and \
      network. Last, the settings of the file and the chosen ones are trained with all seeds.

      Trials are runs like any other: rerun an interrupted search to resume it; the report lists \
      every trial.

        recallbench tune benchmarks/sweeps/tuned.yml --report
        recallbench tune benchmarks/sweeps/tuned.yml --keep --seeds 1,2,3,4
      """)

  @Argument(
    help: "Sweep file (YAML) with a 'tune' section, such as benchmarks/sweeps/tuned.yml.",
    completion: sweepFiles)
  var file: String
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Folder of the runs (default: as of 'sweep').", valueName: "folder"))
  var output: String?
  @OptionGroup var runs: RunOptions
  @OptionGroup var session: SessionOptions
  @OptionGroup var events: EventOptions
  @OptionGroup(title: "PyTorch") var python: PythonOptions
  @OptionGroup(title: "Weights") var weights: PretrainedOptions
  @OptionGroup(title: "Data") var data: DataOptions
  @OptionGroup(title: "Machine") var machine: MachineOptions

  func run() throws {
    var sweep = try Sweep(contentsOf: URL(filePath: file))
    let selection = try runs.selection(data, weights)
    try sweep.apply(selection)
    sweep.jobs = session.jobs ?? sweep.jobs
    let output = output.map { URL(filePath: $0) } ?? sweep.defaultOutput
    var search = try TuningExecution(
      SweepExecution(
        sweep: sweep, output: output, threads: machine.threadCount,
        addsToPlan: selection.changesRuns, keeping: session.keep.keeping, data: try data.folders(),
        checkpointEverySeconds: machine.checkpointEvery, torch: python.setup))
    search.session.writesEvents = events.tensorboard
    if session.dryRun { return try list(search) }
    try session.run(search, data)
  }

  private func list(_ search: TuningExecution) throws {
    try session.keep.list(search.session.sweep, search.runs(), search.output)
    let searches = try search.searches()
    let chosen = searches.count { $0.chosen != nil }
    print(
      "\(search.trials) trials of each loss; \(chosen) of \(searches.count) searches have chosen")
  }
}
