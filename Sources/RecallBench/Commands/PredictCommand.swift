import ArgumentParser
import Datasets
import Experiments
import Files
import Foundation
import Tensors

struct PredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Write a finished run's predictions, one label file per image.",
    discussion: """
      The label files hold the data set's own ids at the images' size (logits are resized \
      bilinearly, then the largest one wins), under the names that 'evaluate --predictions' and \
      the official Cityscapes evaluation look for. A run that was trained on rendered stand-ins \
      predicts those unless you give the folder of the real data.

        recallbench predict \\
          --run results/mine/runs/cityscapes-resnet18-recall-s1-0123456789ab \\
          --dataset cityscapes --cityscapes /data/cityscapes \\
          --output predictions --overlays
        recallbench evaluate --dataset cityscapes --predictions predictions \\
          --ground-truth /data/cityscapes/gtFine/val
      """)

  @Option(
    name: .customLong("run"), help: ArgumentHelp("Folder of a finished run.", valueName: "folder"))
  var runFolder: String
  @Option(help: "Data set, which must be that of the run (default: the run's).")
  var dataset: String?
  @Option(name: .shortAndLong, help: ArgumentHelp("Folder to write into.", valueName: "folder"))
  var output: String
  @Option(
    help: "train, validation, or test (default: the split that the run was evaluated on).",
    transform: choice)
  var split: Split?
  @Option(help: "Maximum number of images (default: all).")
  var limit: Int?
  @Flag(help: "Also write the images blended with the classes' official colors to overlays/.")
  var overlays = false
  @OptionGroup var overwrite: OverwriteOptions
  @OptionGroup(title: "Data") var data: DataOptions
  @OptionGroup(title: "Machine") var machine: ThreadOptions

  func validate() throws {
    if let limit, limit < 1 { throw ValidationError("--limit must be at least 1.") }
    if let dataset { try data.requireKnown(dataset) }
  }

  func run() throws {
    let url = URL(filePath: runFolder)
    let record = try RunFolder.load(url)
    var data = record.configuration.data
    if let dataset, dataset != data.name.rawValue {
      throw UserError(
        path: runFolder,
        problem: "is a run on \(data.name); its classes are not those of \(dataset)")
    }
    let weights = try RunFolder.loadWeights(url)
    let folders = try self.data.folders()
    if folders.paths[data.name] != nil { data.source = .real }
    let compute = Compute(threads: machine.threadCount)
    Interruption.install()
    let opened = try folders.open(data, compute: compute)
    let targets = try data.targets(of: opened, split ?? data.evaluate, limit: limit)
    try check(targets, of: opened, root: folders.paths[data.name])
    guard let normalization = record.split.normalization ?? data.givenNormalization else {
      throw UserError(
        path: runFolder, problem: "lacks the normalization in split.json; train it again")
    }
    let shows = Terminal.columns != nil
    try predict(
      targets, configuration: record.configuration,
      weights: weights, normalization: normalization, to: URL(filePath: output),
      overlays: overlays, compute: compute
    ) { if shows { Terminal.write("\r\u{1b}[K\($0) of \(targets.count) images") } }
    if shows { Terminal.write("\r\u{1b}[K") }
    print("\(targets.count) predictions of \(record.configuration.label): \(output)")
  }

  /// Also removes what a process that was killed left where files will be written.
  /// - Throws: `UserError` if a file would be written beside those of the data set or of a run, or,
  ///   without --force, in place of another.
  private func check(
    _ targets: [PredictionTarget], of dataset: any Dataset, root: URL?
  ) throws(UserError) {
    var guarded = ProtectedFolders()
    guarded.add(dataset, root: root)
    let paths = targets.flatMap { [$0.prediction] + (overlays ? [$0.overlay] : []) }
    let files = paths.map { URL(filePath: output).appending(path: $0) }
    var folders: Set<URL> = []
    for file in files where folders.insert(file.deletingLastPathComponent()).inserted {
      try guarded.check(file)
      AtomicFile.removeOrphans(in: file.deletingLastPathComponent())
    }
    let existing = files.filter { FileManager.default.fileExists(atPath: $0.path) }
    guard let first = existing.first, !overwrite.force else { return }
    throw UserError(
      path: first.relativePath,
      problem: "already exists" + (existing.count > 1 ? ", and \(existing.count - 1) more" : "")
        + "; name another folder or use --force")
  }
}
