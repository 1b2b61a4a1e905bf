import Datasets
import Experiments
import Files
import Metrics

/// `runs.csv`: one row for each finished run and class, with every setting, the pixels behind the scores
/// and all digits. A sweep with a search has the runs of its trials, too.
struct RunScores: Artifact {
  let runs: [ReportedRun]
  let classes: [DatasetName: ReportedClasses]

  /// What every run has, in the order of the columns.
  private static let identity = [
    "run", "dataset", "architecture", "backbone", "width", "loss", "seed", "scored_at", "split",
    "images", "seconds", "commit",
  ]
  private static let ofClass = [
    "class_id", "class", "minority", "true_positives", "false_positives", "false_negatives",
  ]
  /// Settings that `identity` names otherwise.
  private static let known: Set = [
    "data.name", "data.evaluate", "architecture", "backbone", "width", "loss", "seed",
  ]

  private static let caption: [String] = [
    "One row per finished run and class; the rows of one run differ only in the class.",
    """
    run: the run's folder in runs/, or its name in runs.jsonl. scored_at: height x width of the \
    labels that predictions were compared with, or files: each label file's own. split and images: \
    the scored split and its number of images. seconds: training and evaluation. commit: of the \
    program that trained the run.
    """,
    """
    Pixels are summed over the images; accuracy is TP / (TP + FN), IoU TP / (TP + FP + FN), precision \
    TP / (TP + FP) and Dice 2 TP / (2 TP + FP + FN), as fractions, empty where undefined \
    (docs/policy.md).
    """,
    """
    The other columns are all settings under their paths in run.json, also those at their defaults. \
    Empty: does not apply (render for files, power without a polynomial schedule), no limit on the \
    images, or validateEvery: no validation during training. data.evaluateHeight and \
    data.evaluateWidth: the network's input in evaluation, empty for whole files of their own size. \
    data.normalization: of the channels, given or computed from the training images. \
    pretrained.sha256 none: random initial weights.
    """,
  ]

  var markdown: String? {
    "One row per run and class, with every setting, counts of pixels, and all digits: "
      + "[runs.csv](runs.csv).\n"
  }

  var files: [ReportFile] {
    let entries = runs.map { (run: $0, settings: $0.settings) }
      .sorted { $0.run.sortKey < $1.run.sortKey }
    let settings = Set(RunSettings.names + entries.flatMap(\.settings.keys))
      .subtracting(Self.known).sorted()
    let records = entries.flatMap { run, values in
      let own = Self.identity(run)
      return classRecords(run).map { own + $0 + settings.map { values[$0] ?? "" } }
    }
    return [
      .csv(
        "runs.csv",
        header: Self.identity + Self.ofClass + Metric.all.map(\.name) + settings,
        records, caption: Self.caption)
    ]
  }

  private static func identity(_ run: ReportedRun) -> [String] {
    let configuration = run.configuration
    return [
      run.name, configuration.data.name.rawValue,
      (configuration.architecture ?? .deeplabv3).name, configuration.backbone.name,
      plain(configuration.width), configuration.loss, "\(configuration.seed)",
      configuration.data.scoredAt, configuration.data.evaluate.rawValue, "\(run.evaluatedImages)",
      csvNumber(run.seconds), run.environment?.commit ?? "",
    ]
  }

  private func classRecords(_ run: ReportedRun) -> [[String]] {
    let table = classes[run.configuration.data.name]
    return (0..<run.confusion.classes).compactMap { id in
      guard let outcomes = run.confusion.outcomes(of: id) else { return nil }
      return [
        "\(id)", table.flatMap { $0.names.indices.contains(id) ? $0.names[id] : nil } ?? "",
        "\(table?.minority.contains(id) ?? false)", "\(outcomes.truePositives)",
        "\(outcomes.falsePositives)", "\(outcomes.falseNegatives)",
      ] + Metric.all.map { csvNumber($0(outcomes)) }
    }
  }
}

extension ReportedRun {
  /// The name of the run's folder.
  var name: String { folder ?? (try? configuration.runName) ?? "" }

  /// By data set, network, loss as in tables, and seed.
  fileprivate var sortKey: (DatasetName, NetworkName, LossName, UInt64, String) {
    let network = NetworkName(
      architecture: configuration.architecture ?? .deeplabv3, backbone: configuration.backbone)
    return (
      configuration.data.name, network, LossName(notation: configuration.loss), configuration.seed,
      name
    )
  }
}
