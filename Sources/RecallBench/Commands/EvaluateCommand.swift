import ArgumentParser
import Datasets
import Experiments
import Files
import Foundation
import Tensors

struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Score a finished run's weights again, or any predictions.",
    discussion: """
      When you name a run, this command scores its weights and leaves the stored run unchanged.

        recallbench evaluate --split validation \\
          results/quick/runs/synthia-resnet18-recall-s1-0123456789ab

      When you name predictions, they must be label files with the data set's own ids. Cityscapes \
      is scored as in its official evaluation, and predictions are found by its rule: for every \
      ground truth <city>_<sequence>_<frame>_gtFine_labelIds.png, one file \
      <city>_<sequence>_<frame>*.png anywhere below the folder. For the other data sets, a \
      prediction has the same path as its label file.

        recallbench evaluate --dataset cityscapes --predictions predictions \\
          --ground-truth /data/cityscapes/gtFine/val --json scores.json

      The table shows percentages. Accuracy is recall, and Dice is F1; a dash means that a score \
      is undefined and left out of the means. The files hold fractions with all digits; as a file, \
      - is standard output, where it takes the place of the table.
      """)

  @Argument(help: "Folder of a finished run.")
  var folder: String?
  @Option(help: "With --predictions: \(datasetNames), or one described by --data.")
  var dataset: String?
  @Option(help: ArgumentHelp("Folder of predictions.", valueName: "folder"))
  var predictions: String?
  @Option(
    help: ArgumentHelp(
      "Folder of label files, such as gtFine/val, GT/LABELS or testannot.", valueName: "folder"))
  var groundTruth: String?
  @Flag(help: "Leave out label files that have no prediction instead of failing.")
  var partial = false
  @Flag(help: "With predictions: score void as a class, as the paper does on SYNTHIA.")
  var countVoid = false
  @Option(help: ArgumentHelp("Also write all scores as JSON.", valueName: "file"))
  var json: String?
  @Option(help: ArgumentHelp("Also write every image's scores as CSV.", valueName: "file"))
  var perImage: String?
  @OptionGroup var overwrite: OverwriteOptions
  @Flag(help: "Also print means over images and over the worst 5 % (docs/policy.md).")
  var fineGrained = false
  @Option(
    help: "With a run: train, validation, or test (default: the split it was evaluated on).",
    transform: choice)
  var split: Split?
  @Option(help: "With a run: maximum number of images (default: as in the run).")
  var limit: Int?
  @Option(
    help: ArgumentHelp(
      "With a run: files or input, the size at which its predictions are scored (default: as in "
        + "the run).", valueName: "size"))
  var evaluateSize: RunSize?
  @OptionGroup(title: "Data") var data: DataOptions
  @OptionGroup(title: "Machine") var machine: ThreadOptions

  /// `evaluate_size` of a sweep file, of those that a stored run can be scored at.
  enum RunSize: String, CaseIterable, ExpressibleByArgument {
    case files, input

    var scoredSize: ScoredSize? { self == .files ? .files : nil }
  }

  func validate() throws {
    if let limit, limit < 1 { throw ValidationError("--limit must be at least 1.") }
    if let dataset { try data.requireKnown(dataset) }
    let scoring = [dataset, predictions, groundTruth]
    if folder == nil {
      guard scoring.allSatisfy({ $0 != nil }) else {
        throw ValidationError(
          "Give the folder of a run, or --dataset, --predictions, and --ground-truth.")
      }
      guard split == nil, limit == nil, evaluateSize == nil else {
        throw ValidationError(
          "--split, --limit, and --evaluate-size apply to a run; predictions are all scored, at "
            + "the size of the label files.")
      }
    } else if scoring.contains(where: { $0 != nil }) || partial || countVoid {
      throw ValidationError(
        "--dataset, --predictions, --ground-truth, --partial, and --count-void do not apply to a "
          + "run; leave its folder out.")
    }
  }

  func run() throws {
    let compute = Compute(threads: machine.threadCount)
    Interruption.install()
    let (scores, images) = (
      json.map(overwrite.file), perImage.map(overwrite.file)
    )
    let outputs = [scores, images].compactMap(\.self)
    for output in outputs { try output.check() }
    let sheet: ScoreSheet
    if let folder {
      sheet = try scored(run: URL(filePath: folder), compute, outputs)
    } else {
      sheet = try scoredPredictions(compute, outputs)
    }
    try scores?.write(CanonicalJSON.encode(sheet) + [0x0a])
    try images?.write(sheet.perImageCSV)
    if outputs.contains(where: \.isStandardOutput) { return }
    print(sheet.table)
    if fineGrained { print("\n" + sheet.grainTable) }
  }

  private func scored(
    run url: URL, _ compute: Compute, _ outputs: [OutputFile]
  ) throws -> ScoreSheet {
    let record = try RunFolder.load(url)
    let configuration = record.configuration
    let weights = try RunFolder.loadWeights(url)
    var data = configuration.data
    data.evaluate = split ?? data.evaluate
    data.evaluateLimit = limit ?? data.evaluateLimit
    if let evaluateSize { data.scoredSize = evaluateSize.scoredSize }
    let folders = try self.data.folders()
    let dataset = try folders.open(data, compute: compute)
    var guarded = ProtectedFolders()
    if !outputs.isEmpty { guarded.add(dataset, root: folders.paths[data.name]) }
    for output in outputs { try guarded.check(output) }
    let runData = try RunData(
      data, dataset: dataset, needsValidation: false,
      normalization: record.split.normalization, trains: false, compute: compute)
    if let difference = RunImages(data, runData.split).difference(from: RunImages(record)) {
      warn("\(url.path): the run was trained and scored with different \(difference)")
    }
    let confusions = try evaluateRun(
      configuration, data: runData, weights: weights, compute: compute)
    guard !confusions.isEmpty else {
      throw UserError(path: url.path, problem: "has no images in the split \(data.evaluate)")
    }
    return ScoreSheet(
      title: "\(configuration.label), \(data.evaluate) split, \(data.scoredText)",
      images: zip(runData.split.evaluated, confusions).map {
        ScoredImage(name: $0, confusion: $1)
      }, classes: dataset.classes)
  }

  private func scoredPredictions(
    _ compute: Compute, _ outputs: [OutputFile]
  ) throws -> ScoreSheet {
    guard let dataset, let predictions, let groundTruth else {
      throw ValidationError("--dataset, --predictions, and --ground-truth must be given together.")
    }
    let known = try data.descriptor(named: DatasetName(rawValue: dataset))
    let descriptor = countVoid ? try known.requireCountingVoid() : known
    let labels = descriptor.labels
    let (files, labelFiles) = try PredictionFiles(
      descriptor.predictions, predictions: URL(filePath: predictions),
      groundTruth: URL(filePath: groundTruth)
    ).pairs(partial: partial)
    var guarded = ProtectedFolders()
    guarded.add(folders: Set(files.map { $0.truth.deletingLastPathComponent() }), of: dataset)
    for output in outputs { try guarded.check(output) }
    let (images, hasInstances) = try score(files, labels: labels, compute: compute)
    if !labels.averageInstanceSize.isEmpty, !hasInstances {
      warn("no *_gtFine_instanceIds.png in \(groundTruth): instance-weighted IoU is left out")
    }
    let missing = labelFiles - files.count
    let sheet = ScoreSheet(
      title: "\(dataset)" + (countVoid ? " with void as a class" : "")
        + (missing > 0 ? " without \(missing) images lacking a prediction" : ""),
      images: images, labels: labels, hasInstances: hasInstances)
    if let suspicion = labels.suspicion(ofPredicted: sheet.confusion.predictedPixels) {
      warn(suspicion)
    }
    if sheet.images.allSatisfy({ $0.confusion.isVoid }) {
      warn("no pixel of the label files in \(groundTruth) has a class: there is nothing to score")
    }
    return sheet
  }
}
