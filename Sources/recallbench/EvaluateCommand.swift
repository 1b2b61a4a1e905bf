import ArgumentParser
import Datasets
import Experiments
import Foundation
import Metrics
import Tensors

struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Evaluate a finished run's weights again and print accuracy and IoU by class.",
    discussion: """
      Nothing is stored; what the run stored stays as it is.

        recallbench evaluate results/quick/runs/synthia-resnet18-recall-s1-0123456789ab \\
          --split validation
      """)

  @Argument(help: "Folder of a finished run.")
  var run: String
  @Option(help: "train, validation or test (default: the split the run was evaluated on).")
  var split: String?
  @Option(help: "At most this many images (default: as in the run).")
  var limit: Int?
  @OptionGroup(title: "Data") var data: DataOptions
  @OptionGroup(title: "Machine") var machine: MachineOptions

  func validate() throws {
    if let limit, limit < 1 { throw ValidationError("--limit must be at least 1.") }
  }

  func run() throws {
    let url = URL(filePath: run)
    let record = try RunFolder.load(url)
    let configuration = record.configuration
    let folder = try RunFolder(
      runs: url.deletingLastPathComponent(), configuration: configuration)
    var split = configuration.data.evaluate
    if let name = self.split, let chosen = try choices(name, "split", of: Split.self).first {
      split = chosen
    }
    let root = try data.folders.root(configuration.data)
    let dataset = try openDataset(
      configuration.data.name, root: root, split: configuration.data.split)
    Interruption.install()
    let confusions = try evaluateRun(
      configuration, weights: try folder.loadWeights(), dataset: dataset, split: split,
      limit: limit ?? configuration.data.evaluateLimit,
      compute: Compute(threads: machine.threadCount), progress: { _ in },
      isInterrupted: { Interruption.isRequested })
    guard let first = confusions.first else {
      throw UserError(path: root.path, problem: "has no image in the split \(split)")
    }
    let confusion = confusions.dropFirst().reduce(first, +)
    print("\(configuration.label), \(split) split, \(confusions.count) images")
    print(Self.table(confusion, dataset.classes))
  }

  /// Accuracy and IoU in percent, a line a class, the means last.
  private static func table(_ confusion: ConfusionMatrix, _ classes: ClassTable) -> String {
    let names = classes.names + ["mean"]
    let width = names.map(\.count).max() ?? 0
    func line(_ name: String, _ accuracy: Double?, _ iou: Double?) -> String {
      func cell(_ fraction: Double?) -> String {
        let text = fraction.map { ($0 * 100).formatted(.number.precision(.fractionLength(2))) }
        return String(repeating: " ", count: max(0, 10 - (text ?? "-").count)) + (text ?? "-")
      }
      return name.padding(toLength: width, withPad: " ", startingAt: 0) + cell(accuracy) + cell(iou)
    }
    var lines = ["\(String(repeating: " ", count: width))  accuracy       IoU"]
    for c in 0..<min(confusion.classes, classes.count) {
      lines.append(line(classes.names[c], confusion.accuracy(of: c), confusion.iou(of: c)))
    }
    lines.append(line("mean", confusion.meanAccuracy, confusion.meanIoU))
    return lines.joined(separator: "\n")
  }
}
