import ArgumentParser
import Datasets
import Experiments
import Files
import Foundation
import Scenes
import Tensors

struct DataRenderCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "render",
    abstract: "Draw street scenes to disk in a data set's own layout.",
    discussion: """
      The same seed gives the same files. At the end, the command prints the share of each class \
      in the pictures next to its share in the real data.

        recallbench data render cityscapes --output data/streets \\
          --train 100 --validation 20
      """)

  @Argument(help: "\(renderedNames).")
  var name: String
  @Option(name: .shortAndLong, help: ArgumentHelp("Folder to draw into.", valueName: "folder"))
  var output: String
  @Option(help: "Seed of the scenes.")
  var seed: UInt64 = 1
  @Option(help: "Minimum number of training images.")
  var train = 160
  @Option(help: "Minimum number of validation images.")
  var validation = 24
  @Option(help: "Minimum number of test images, if the data set has a test split.")
  var test = 48
  @Option(help: "Height of the images in pixels.")
  var height = 256
  @Option(help: "Width of the images in pixels.")
  var width = 512
  @OptionGroup(title: "Machine") var machine: ThreadOptions

  func validate() throws {
    guard StandIn.all.contains(where: { $0.dataset.rawValue == name }) else {
      throw ValidationError("'\(name)' cannot be rendered; use \(renderedNames).")
    }
    guard [train, validation, test].allSatisfy({ (1...100_000).contains($0) }) else {
      throw ValidationError("--train, --validation, and --test must be from 1 to 100000.")
    }
    guard [height, width].allSatisfy({ (16...4096).contains($0) }) else {
      throw ValidationError("--height and --width must be from 16 to 4096.")
    }
  }

  func run() throws {
    let dataset = DatasetName(rawValue: name)
    Interruption.install()
    let render = RenderConfiguration(
      seed: seed, train: train, validation: validation, test: test, height: height, width: width)
    let root = URL(filePath: output)
    try AtomicFile.createFolder(root)
    let record = try render.draw(
      dataset, to: root, compute: Compute(threads: machine.threadCount)
    ) { showRendering(of: dataset, $0, $1) }
    print(record.shares.table)
  }
}

private let renderedNames = StandIn.all.map(\.dataset.rawValue).joined(separator: " or ")
