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
      The file has the names and layout of torchvision's DeepLabV3 (without an auxiliary head), \
      and its metadata include the run's configuration. To load it in Python:

        model.load_state_dict(safetensors.torch.load_file("recall.safetensors"))

      The model must have the run's width and number of classes. The file does not hold the \
      num_batches_tracked counters, and PyTorch does not require them.

        recallbench export --output recall.safetensors \\
          --run results/quick/runs/synthia-resnet18-recall-s1-0123456789ab
      """)

  @Option(
    name: .customLong("run"),
    help: ArgumentHelp("Folder of a finished run.", valueName: "folder"))
  var folder: String
  @Option(name: .shortAndLong, help: ArgumentHelp("File to write.", valueName: "file"))
  var output: String
  @OptionGroup var overwrite: OverwriteOptions

  func run() throws {
    let target = overwrite.file(output)
    guard URL(filePath: output).pathExtension == "safetensors" else {
      throw UserError(path: output, problem: "must end in .safetensors, the only format written")
    }
    try target.checkPlace()
    let count = try exportWeights(of: URL(filePath: folder), to: target)
    print("\(output): \(count) tensors under torchvision's names")
  }
}
