import ArgumentParser
import Experiments
import Files
import Foundation
import Models
import Tensors

struct NetworkForwardCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "forward",
    abstract: "Compute the output of a network with stored weights for images.",
    discussion: """
      Input and output are NumPy files of float32, [N, C, H, W] as in PyTorch; the input must be \
      normalized already. The weights are a torch.save or safetensors file with torchvision's \
      names, which also determines the width and the number of classes. Without --features or \
      --imagenet, the output is the logits [N, classes, H, W] of a whole DeepLabV3.

        recallbench network forward --backbone resnet18 --weights resnet18.pth \\
          --input x.npy --features --output y.npy
      """)

  @Option(
    help: "\(names(of: Backbone.self)).", completion: completion(of: Backbone.self),
    transform: choice)
  var backbone: Backbone
  @Option(help: ArgumentHelp("File of weights (.pth or .safetensors).", valueName: "file"))
  var weights: String
  @Option(help: ArgumentHelp("Images (.npy), [N, 3, H, W].", valueName: "file"))
  var input: String
  @Option(name: .shortAndLong, help: ArgumentHelp("File to write (.npy).", valueName: "file"))
  var output: String
  @OptionGroup var overwrite: OverwriteOptions
  @Flag(
    help: "Output the backbone's activations at output stride 16, [N, channels, H / 16, W / 16].")
  var features = false
  @Flag(help: "Output the logits of image classification, [N, classes], at output stride 32.")
  var imagenet = false
  @OptionGroup(title: "Machine") var machine: ThreadOptions

  func validate() throws {
    if features && imagenet {
      throw ValidationError("--features and --imagenet cannot be combined.")
    }
  }

  func run() throws {
    let target = overwrite.file(output)
    try target.checkPlace(besides: [weights, input])
    let (shape, values) = try NumPy.read(URL(filePath: input), as: Float.self)
    guard shape.count == 4, shape[1] == 3, shape.allSatisfy({ $0 > 0 }) else {
      throw UserError(path: input, problem: "has shape \(shape); images are [N, 3, H, W]")
    }
    let images = Tensor(channelsFirst: values, n: shape[0], c: 3, h: shape[2], w: shape[3])
    let kind: NetworkOutput = features ? .features : imagenet ? .classification : .segmentation
    let result = try PretrainedWeights(contentsOf: URL(filePath: weights)).forward(
      images, backbone: backbone, output: kind,
      compute: Compute(threads: machine.threadCount))
    let s = result.shape
    try target.write(
      NumPy.encode(
        result.channelsFirst, shape: imagenet ? [s.n, s.c] : [s.n, s.c, s.h, s.w],
        of: URL(filePath: output)))
  }
}
