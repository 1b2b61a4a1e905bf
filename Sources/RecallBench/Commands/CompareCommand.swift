import ArgumentParser
import Datasets
import Experiments
import Files
import Foundation
import Report

struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Train a loss and compare it with the stored runs of others.",
    discussion: """
      This command trains only the runs of this loss, with the settings and seeds of a sweep file, \
      and compares them with the finished runs of all other losses in the sweep's folder, which \
      are not trained again. It states the outcome in a sentence, prints paired differences with \
      intervals, and writes a page of its own, comparison.html: the differences, the scatter plot \
      with the new point circled, each class, and pictures. It refuses stored runs whose \
      configuration, images, or code differ in a way that matters.

        recallbench compare --loss "recall + 0.5 * lovasz"
        recallbench compare --sweep benchmarks/sweeps/smoke.yml \\
          --loss "benchmarks/own-loss/my_losses.py:FocalTversky(alpha=0.3)"
        recallbench compare --loss "focal(gamma: 2)" --against ce,recall \\
          --output results/compare/focal-2
        recallbench compare --loss recall --against "ce @ 0.5"

      LOSS @ TAU is a loss whose trained networks predict argmax of log p - TAU log f, where f is \
      a class's share of the training pixels: the correction of the prior that needs no training. \
      Runs store it for TAU = 0, 0.1, ..., 1.
      """)

  @Option(
    help: ArgumentHelp(
      "Loss, such as \"focal(gamma: 2)\", \"my_losses.py:MyLoss(alpha=0.3)\" or \"ce @ 0.5\".",
      valueName: "spec"))
  var loss: String?
  @OptionGroup var torch: TorchOptions
  @Option(
    help: ArgumentHelp("Sweep file of the stored runs.", valueName: "file"),
    completion: sweepFiles)
  var sweep = "benchmarks/sweeps/quick.yml"
  @Option(
    help: ArgumentHelp(
      "Losses to compare with, such as ce,recall (default: all stored ones).", valueName: "list"),
    transform: { try splitLosses($0).map { try CorrectedLoss($0) } })
  var against: [CorrectedLoss]?
  @Option(
    help: ArgumentHelp(
      "Folder of the stored runs (default: results/<name of the sweep>).",
      valueName: "folder"), completion: .directory)
  var baselines: String?
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Folder of the new runs and the page (default: results/compare/<sweep>-<loss>).",
      valueName: "folder"), completion: .directory)
  var output: String?
  @OptionGroup var runs: RunOptions
  @Flag(help: "Also compare with runs made by different code.")
  var acceptOtherCode = false
  @Flag(help: "Embed the pictures in comparison.html, so that this one file can be sent.")
  var singleFile = false
  @OptionGroup(title: "PyTorch") var python: PythonOptions
  @OptionGroup(title: "Weights") var weights: PretrainedOptions
  @OptionGroup(title: "Data") var data: DataOptions
  @OptionGroup(title: "Machine") var machine: MachineOptions

  func validate() throws { try torch.requireOne(besides: loss, "--loss") }

  func run() throws {
    let sweep = try candidate()
    guard let first = sweep.runs.first else { throw UserError("the sweep has no runs") }
    let tau = try loss.flatMap { try CorrectedLoss($0).tau }
    let folder = baselines.map { URL(filePath: $0) } ?? sweep.defaultOutput
    // A loss with corrected predictions is compared with itself without.
    let baselines = try Baselines(
      folder, losses: against, besides: tau == nil ? first.loss : nil)
    try baselines.check(sweep.runs)
    if !acceptOtherCode { try baselines.checkCode() }
    let output = URL(
      filePath: self.output
        ?? "results/compare/\(sweep.name)-\(first.lossSlug)" + (tau.map { "-prior-\($0)" } ?? ""))
    // A correction needs no training of its own where the baselines have the loss.
    let kept = tau == nil ? [] : try stored(sweep, in: folder)
    var runs =
      kept.count == sweep.runs.count ? kept : try train(sweep, against: baselines, into: output)
    if let tau { runs = try runs.map { try $0.corrected(tau: tau) } }
    try baselines.checkSplits(runs)
    try compare(runs, with: baselines, into: output)
  }

  /// Nothing is trained if the images are not those of the baselines.
  private func train(
    _ sweep: Sweep, against baselines: Baselines, into output: URL
  ) throws -> [RunRecord] {
    var execution = SweepExecution(
      sweep: sweep, output: output, threads: machine.threadCount, addsToPlan: true,
      data: try data.folders(), checkpointEverySeconds: machine.checkpointEvery,
      torch: python.setup)
    execution.acceptsOtherCode = acceptOtherCode
    execution.rivals = baselines.records
    try runSession(execution)
    return try stored(sweep, in: output)
  }

  /// The finished runs of a sweep that a folder has.
  private func stored(_ sweep: Sweep, in folder: URL) throws -> [RunRecord] {
    let wanted = Set(sweep.runs)
    return try SweepFolder(folder).loadReadable().records.filter {
      wanted.contains($0.configuration)
    }
  }

  private func candidate() throws -> Sweep {
    var sweep = try Sweep(contentsOf: URL(filePath: sweep))
    var selection = try runs.selection(data, weights)
    selection.losses = try loss.map { [try CorrectedLoss($0).loss] }
    selection.torch = try torch.files()
    try sweep.apply(selection)
    return sweep
  }

  /// Writes tables, figures and the page, and prints the outcome.
  private func compare(
    _ runs: [RunRecord], with baselines: Baselines, into output: URL
  ) throws {
    // Keeps only baselines with settings that the new loss was run with, so no panel is empty.
    let matching = baselines.records.filter { baseline in
      runs.contains { $0.configuration.differences(from: baseline.configuration).isEmpty }
    }
    guard let first = runs.first else { throw UserError("no run of the loss is finished") }
    let classes = try classTables(of: matching + runs)
    var input = try ReportInput(
      profile: "", records: matching + runs, classes: classes)
    let name = input.displayedLoss(of: first.configuration)
    input.profile = "\(name) compared with stored losses"
    input.highlighted = [name]
    let comparison = try Comparison(
      input, candidate: name,
      baselines: against.map { _ in matching.map { input.displayedLoss(of: $0.configuration) } })
    try AtomicFile.createFolder(output)
    print(comparison.text + "\n\n" + comparison.sentences.joined(separator: "\n") + "\n")
    if let mixed = comparison.machines { print(mixed + "\n") }
    var failures = PictureFailures()
    let sheets = PictureSheet.all(
      input.pictured(matching + runs), losses: ["ce", "recall", name].uniqued,
      folders: try data.folders(), threads: machine.threadCount,
      minority: classes.mapValues(\.minority)
    ) { failures.add($0) }
    try writeComparison(
      comparison, input, to: output, pictures: sheets.filter { $0.losses.contains(name) },
      isSingleFile: singleFile)
    try failures.check()
    print("\(output.relativePath)/comparison.html, comparison.md, figures/scatter.png")
  }
}

extension [String] {
  fileprivate var uniqued: [String] { reduce(into: []) { if !$0.contains($1) { $0.append($1) } } }
}
