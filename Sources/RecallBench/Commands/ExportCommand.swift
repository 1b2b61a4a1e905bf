import ArgumentParser
import Checkpoints
import Experiments
import Files
import Foundation

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write a finished run's weights for PyTorch.",
    discussion: """
      The file has the names and layout of torchvision's DeepLabV3 (without auxiliary head), and \
      the run's configuration among its metadata. In Python:

        model.load_state_dict(safetensors.torch.load_file("recall.safetensors"))

      where the model has the run's width and number of classes; the counters num_batches_tracked \
      are not in the file, and PyTorch does not ask for them.

        recallbench export --run results/quick/runs/synthia-resnet18-recall-s1-0123456789ab \\
          --output recall.safetensors
      """)

  @Option(
    name: .customLong("run"),
    help: ArgumentHelp("Folder of a finished run.", valueName: "folder"))
  var folder: String
  @Option(name: .shortAndLong, help: ArgumentHelp("File to write.", valueName: "file"))
  var output: String
  @Flag(help: "Write over a file that is there.")
  var force = false

  func run() throws {
    let target = URL(filePath: output)
    guard target.pathExtension == "safetensors" else {
      throw UserError(path: output, problem: "must end in .safetensors, the format that is written")
    }
    guard force || !FileManager.default.fileExists(atPath: target.path) else {
      throw UserError(path: output, problem: "is there already; name another file or give --force")
    }
    let count = try exportWeights(of: URL(filePath: folder), to: target)
    print("\(output): \(count) tensors under torchvision's names")
  }
}
