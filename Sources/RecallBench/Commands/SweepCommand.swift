import ArgumentParser
import Datasets
import Experiments
import Files
import Foundation
import Models

struct SweepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "Train and evaluate every run of a sweep file.",
    discussion: """
      Finished runs are skipped, and half-done ones continue from their last checkpoint, so rerun \
      an interrupted sweep to resume it. A run that fails does not stop the others, but the exit \
      status is then 1. Ctrl-C saves a checkpoint before the sweep stops (status 130); a second \
      Ctrl-C stops it at once.

        recallbench sweep benchmarks/sweeps/quick.yml --output results/quick
        recallbench sweep benchmarks/sweeps/paper.yml --output results/paper \\
          --synthia /data/SYNTHIA-SEQS-05-SUMMER --cityscapes /data/cityscapes
        recallbench sweep benchmarks/sweeps/quick.yml \\
          --losses "focal(gamma: 2)" --dry-run
        recallbench sweep benchmarks/sweeps/quick.yml \\
          --torch "my_losses.py:MyLoss(alpha=0.3)" --output results/quick

      With --keep, a sweep extends stored runs by more seeds, losses, or settings: finished runs \
      without weights, such as those of the repository, count as done instead of being trained \
      again. They must have been made by equivalent code, with the same settings and images.

        recallbench sweep benchmarks/sweeps/quick.yml --keep --seeds 1,2,3,4

      Type the command once more, here or on another machine that sees the folder, and both share \
      the runs; 'status' shows how far they are. With --slurm, the sweep submits its missing runs \
      to Slurm instead (docs/cluster.md).

        recallbench sweep benchmarks/sweeps/standard.yml --slurm --partition long

      With --torch alone, the sweep trains only that loss; with --losses as well, it trains that \
      loss after the others.
      """)

  @Argument(
    help: "Sweep file (YAML), such as benchmarks/sweeps/quick.yml.", completion: sweepFiles)
  var file: String
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Folder of the runs (default: results/<name of the sweep>, with -real or -pretrained "
        + "appended where options call for it).",
      valueName: "folder"), completion: .directory)
  var output: String?
  @OptionGroup var chosen: SweepChoiceOptions
  @OptionGroup var session: SessionOptions
  @OptionGroup var events: EventOptions
  @OptionGroup var together: RankOptions
  @OptionGroup(title: "Slurm") var slurm: SlurmOptions
  @OptionGroup(title: "PyTorch") var python: PythonOptions
  @OptionGroup(title: "Weights") var weights: PretrainedOptions
  @OptionGroup(title: "Data") var data: DataOptions
  @OptionGroup(title: "Machine") var machine: MachineOptions

  func run() throws {
    var sweep = try Sweep(contentsOf: URL(filePath: file))
    guard sweep.tuning == nil else {
      throw UserError(
        path: file,
        problem: "has a 'tune' section; use \(ProgramName.current) tune \(shellQuoted(file))")
    }
    let selection = try chosen.selection(data, weights)
    try sweep.apply(selection)
    sweep.jobs = session.jobs ?? sweep.jobs
    let output = output.map { URL(filePath: $0) } ?? sweep.defaultOutput
    if session.dryRun { return try session.keep.list(sweep, sweep.runs, output) }
    var execution = SweepExecution(
      sweep: sweep, output: output, threads: machine.threadCount,
      addsToPlan: selection.changesRuns, keeping: session.keep.keeping, data: try data.folders(),
      checkpointEverySeconds: machine.checkpointEvery, torch: python.setup)
    execution.writesEvents = events.tensorboard
    execution.acceptsOtherCode = session.keep.acceptOtherCode
    if slurm.isPreparation { return try slurm.prepare(execution) }
    if slurm.isUsed { return try slurm.submit(execution, data, ranks: together.ranks) }
    try together.launch()
    execution.ranks = Launch.ranks
    if let list = slurm.slurmTask { return try slurm.runTask(execution, list: list) }
    try session.run(execution, data)
  }
}
