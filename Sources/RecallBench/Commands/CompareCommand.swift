import ArgumentParser
import Datasets
import Experiments
import Files
import Foundation
import Report

struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Train a loss and compare it with stored baselines.",
    discussion: """
      This command trains only the runs of this loss, with the settings and seeds of a sweep file, \
      and compares them with the finished runs of the baselines, which are not trained again. It \
      prints paired differences with intervals and a one-sentence summary, and draws the scatter \
      plot with the new point circled. It refuses baselines whose configuration, images or code \
      differ in a way that matters.

        recallbench compare --loss "recall + 0.5 * lovasz"
        recallbench compare --loss my_loss --against ce,recall,focal \\
          --baselines results/quick
        recallbench compare --torch my_losses.py:MyLoss
        recallbench compare --loss recall --against "ce @ 0.5"

      LOSS @ TAU is a loss whose trained networks predict argmax of log p - TAU log f, where f is \
      a class's share of the training pixels: the correction of the prior that needs no training. \
      Runs store it for TAU = 0, 0.1, ..., 1.
      """)

  @Option(
    help: ArgumentHelp(
      "Loss, such as \"focal(gamma: 2)\" or \"ce @ 0.5\".", valueName: "spec"))
  var loss: String?
  @OptionGroup(title: "PyTorch") var torch: TorchOptions
  @Option(help: ArgumentHelp("Baselines, such as ce,recall.", valueName: "list"))
  var against = "ce,recall"
  @Option(help: ArgumentHelp("Sweep file of the baselines.", valueName: "file"))
  var sweep = "benchmarks/sweeps/quick.yml"
  @Option(
    help: ArgumentHelp(
      "Output folder of the baselines' sweep (default: results/<name of the sweep>).",
      valueName: "folder"))
  var baselines: String?
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Folder of the new runs (default: results/compare/<sweep>-<loss>).", valueName: "folder"))
  var output: String?
  @OptionGroup var runs: RunOptions
  @Flag(help: "Also compare with baselines made by different code.")
  var acceptOtherCode = false
  @OptionGroup(title: "Weights") var weights: PretrainedOptions
  @OptionGroup(title: "Data") var data: DataOptions
  @OptionGroup(title: "Machine") var machine: MachineOptions

  func validate() throws { try torch.requireOne(besides: loss, "--loss") }

  func run() throws {
    let sweep = try candidate()
    let references = try splitLosses(against).map { try CorrectedLoss($0) }
    let names = references.map(\.notation)
    let folder = baselines.map { URL(filePath: $0) } ?? sweep.defaultOutput
    let baselines = try Baselines(folder, losses: references)
    try baselines.check(sweep.runs)
    if !acceptOtherCode { try baselines.checkCode() }
    guard let first = sweep.runs.first else { throw UserError("the sweep has no runs") }
    let tau = try loss.flatMap { try CorrectedLoss($0).tau }
    let output = URL(
      filePath: self.output
        ?? "results/compare/\(sweep.name)-\(first.lossSlug)" + (tau.map { "-prior-\($0)" } ?? ""))
    // A correction needs no training of its own where the baselines have the loss.
    let kept = tau == nil ? [] : try stored(sweep, in: folder)
    var runs = kept.count == sweep.runs.count ? kept : try train(sweep, into: output)
    if let tau { runs = try runs.map { try $0.corrected(tau: tau) } }
    try baselines.checkSplits(runs)
    try compare(
      runs, with: baselines, names, loss: runs.first?.configuration.loss ?? first.loss, into: output
    )
  }

  private func train(_ sweep: Sweep, into output: URL) throws -> [RunRecord] {
    try runSession(
      SweepExecution(
        sweep: sweep, output: output, threads: machine.threadCount, addsToPlan: true,
        data: try data.folders(), checkpointEverySeconds: machine.checkpointEvery,
        torch: torch.setup))
    return try stored(sweep, in: output)
  }

  /// The finished runs of a sweep that a folder has.
  private func stored(_ sweep: Sweep, in folder: URL) throws -> [RunRecord] {
    let wanted = Set(sweep.runs)
    return try SweepFolder(folder).loadAll().filter { wanted.contains($0.configuration) }
  }

  private func candidate() throws -> Sweep {
    var sweep = try Sweep(contentsOf: URL(filePath: sweep))
    var selection = try runs.selection(data, weights)
    selection.losses = try loss.map { [try CorrectedLoss($0).loss] }
    selection.torch = try torch.files()
    try sweep.apply(selection)
    return sweep
  }

  /// Writes tables, figures and `comparison.md`, and prints the outcome.
  private func compare(
    _ runs: [RunRecord], with baselines: Baselines, _ names: [String], loss: String,
    into output: URL
  ) throws {
    // Keeps only baselines with settings that the new loss was run with, so no panel is empty.
    let matching = baselines.records.filter { baseline in
      runs.contains { $0.configuration.differences(from: baseline.configuration).isEmpty }
    }
    var input = try ReportInput(
      profile: "\(loss) against \(names.joined(separator: ", "))", records: matching + runs,
      classes: classTables(of: matching + runs))
    input.highlighted = [loss]
    let comparison = try Comparison(input, candidate: loss, baselines: names)
    try AtomicFile.createFolder(output)
    try AtomicFile.write(comparison.markdown, to: output.appending(path: "comparison.md"))
    print(comparison.text + "\n\n" + comparison.sentence + "\n")
    try writeReport(input, to: output)
    print("\(output.relativePath)/comparison.md, tables.md, figures/scatter.png")
  }
}
