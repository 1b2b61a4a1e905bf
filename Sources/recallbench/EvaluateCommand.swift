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
  var folder: String
  @Option(help: "train, validation or test (default: the split the run was evaluated on).")
  var split: String?
  @Option(help: "At most this many images (default: as in the run).")
  var limit: Int?
  @OptionGroup(title: "Data") var data: DataOptions
  @OptionGroup(title: "Machine") var machine: ThreadOptions

  func validate() throws {
    if let limit, limit < 1 { throw ValidationError("--limit must be at least 1.") }
  }

  func run() throws {
    let url = URL(filePath: self.folder)
    let record = try RunFolder.load(url)
    let configuration = record.configuration
    let weights = try RunFolder.loadWeights(url)
    var data = configuration.data
    if let split, let chosen = try choices(split, "split", of: Split.self).first {
      data.evaluate = chosen
    }
    data.evaluateLimit = limit ?? data.evaluateLimit
    let compute = Compute(threads: machine.threadCount)
    Interruption.install()
    let root = try self.data.folders.root(data, compute: compute)
    let dataset = try openDataset(data.name, root: root, split: data.split)
    let cellData = try CellData(data, dataset: dataset, needsValidation: false, compute: compute)
    let confusions = try evaluateRun(
      configuration, data: cellData, weights: weights, compute: compute)
    guard let first = confusions.first else {
      throw UserError(path: root.path, problem: "has no image in the split \(data.evaluate)")
    }
    let confusion = confusions.dropFirst().reduce(first, +)
    print("\(configuration.label), \(data.evaluate) split, \(confusions.count) images")
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
