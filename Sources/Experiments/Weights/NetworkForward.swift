import Checkpoints
import Files
import Models
import Tensors

/// The output to compute from images with stored weights.
package enum NetworkOutput: Sendable {
  /// The backbone's activations at output stride 16.
  case features
  /// Segmentation logits of the whole DeepLabV3.
  case segmentation
  /// Classification logits of the backbone with its fully connected layer.
  case classification
}

extension PretrainedWeights {
  /// Runs the network that these weights belong to, in evaluation mode. Its width and number of
  /// classes are inferred from the stored tensors.
  ///
  /// - Parameter images: [N, H, W, 3], normalized.
  /// - Returns: [N, H / 16, W / 16, channels], [N, H, W, classes] or [N, 1, 1, classes].
  /// - Throws: `UserError` naming the file if a tensor is missing or does not fit.
  package func forward(
    _ images: Tensor, backbone: Backbone, output: NetworkOutput, compute: Compute
  ) throws(UserError) -> Tensor {
    let rule = backbone.widthRule
    let width =
      Double(try channels(of: rule.tensor, atMost: rule.channels)) / Double(rule.channels)
    switch output {
    case .features:
      var random = RandomSource(seed: 0)
      return try run(backbone.makeNetwork(BackboneOptions(width: width), &random), images, compute)
    case .segmentation:
      let architecture = Architecture.deeplabv3
      let classes = try channels(of: architecture.classifierTensor, atMost: 255)
      let network = architecture.network(on: backbone, classes: classes, width: width, seed: 0)
      return try run(network, images, compute)
    case .classification:
      let classes = try channels(of: "fc.weight", atMost: 1 << 16)
      var random = RandomSource(seed: 0)
      let network = backbone.makeNetwork(
        BackboneOptions(width: width, outputStride: 32), &random)
      return try run(ImageClassifier(network, classes: classes, &random), images, compute)
    }
  }

  private func run(
    _ network: some Layer, _ images: Tensor, _ compute: Compute
  ) throws(UserError) -> Tensor {
    try load(into: network, partial: false)
    var context = PassContext(training: false, compute: compute)
    return network.forward(images, &context).output
  }

  /// The output channels of a layer, found under any of the known name prefixes.
  private func channels(of name: String, atMost limit: Int) throws(UserError) -> Int {
    // With a dot: another prefix as `NamePrefix` finds it.
    guard
      let tensor = file.tensors.first(where: { $0.name == name })
        ?? file.tensors.first(where: { $0.name.hasSuffix("." + name) })
    else { throw UserError(path: url.path, problem: "has no tensor \(name)") }
    guard let channels = tensor.shape.first, (1...limit).contains(channels) else {
      throw UserError(
        path: url.path,
        problem: "\(name) has shape \(tensor.shape); it must have 1 to \(limit) output channels")
    }
    return channels
  }
}

extension Tensor {
  /// Creates a tensor from values in PyTorch's order [N, C, H, W].
  package convenience init(channelsFirst values: [Float], n: Int, c: Int, h: Int, w: Int) {
    precondition(values.count == n * c * h * w)
    self.init(Shape(n: n, h: h, w: w, c: c))
    for i in 0..<n {
      for channel in 0..<c {
        let plane = (i * c + channel) * h * w
        for p in 0..<h * w { base[(i * h * w + p) * c + channel] = values[plane + p] }
      }
    }
  }

  /// The values in PyTorch's order [N, C, H, W].
  package var channelsFirst: [Float] {
    let (area, c) = (shape.h * shape.w, shape.c)
    var values = [Float](repeating: 0, count: count)
    for i in 0..<shape.n {
      for channel in 0..<c {
        for p in 0..<area {
          values[(i * c + channel) * area + p] = base[(i * area + p) * c + channel]
        }
      }
    }
    return values
  }
}
