import Tensors

/// Depth and block kind of a ResNet (He et al. 2016, Table 1).
package struct ResNetArchitecture: Hashable, Sendable {
  package var bottleneck: Bool
  /// Blocks of the four stages.
  package var blocks: [Int]

  package init(bottleneck: Bool, blocks: [Int]) {
    (self.bottleneck, self.blocks) = (bottleneck, blocks)
  }

  package static let resnet18 = ResNetArchitecture(bottleneck: false, blocks: [2, 2, 2, 2])
  package static let resnet101 = ResNetArchitecture(bottleneck: true, blocks: [3, 4, 23, 3])
}

/// A ResNet without its classifier, at output stride 16: the last stage is dilated by 2 instead
/// of strided (Chen et al. 2017, section 3), its first block keeping the dilation before it as in
/// torchvision.
package struct ResNet: Layer {
  package struct Saved {
    let stem: ConvolutionUnit.Saved
    let pooled: Tensor
    var blocks: [ResidualBlock.Saved]
  }
  let stem: ConvolutionUnit
  let blocks: [ResidualBlock]
  /// Channels of the output; 512 or 2048 at full width.
  package let outputChannels: Int

  /// - Parameters:
  ///   - width: channels relative to the published network; 1 is full width.
  ///   - prefix: of the parameters' names.
  ///   - outputStride: 16, or 32 for the network of image classification, which has no dilation.
  package init(
    _ architecture: ResNetArchitecture, width: Double, prefix: String, outputStride: Int = 16,
    _ random: inout RandomSource
  ) {
    let base = scaledChannels(64, width)
    stem = ConvolutionUnit(
      convolution: prefix + "conv1", normalization: prefix + "bn1",
      ConvolutionGeometry(
        inputChannels: 3, outputChannels: base, kernel: 7, stride: 2, padding: 3),
      relu: true, isFirst: true, initialization: .fanOut, &random)
    var blocks: [ResidualBlock] = []
    var (inputChannels, dilation) = (base, 1)
    for (stage, count) in architecture.blocks.enumerated() {
      let channels = scaledChannels(64 << stage, width)
      let dilated = stage == 3 && outputStride == 16
      let previousDilation = dilation
      if dilated { dilation *= 2 }
      for block in 0..<count {
        let stride = block == 0 && stage > 0 && !dilated ? 2 : 1
        let name = "\(prefix)layer\(stage + 1).\(block)"
        let first = block == 0 ? previousDilation : dilation
        if architecture.bottleneck {
          blocks.append(
            .bottleneck(
              Bottleneck(
                name: name, inputChannels: inputChannels, channels: channels, stride: stride,
                dilation: first, &random)))
          inputChannels = channels * Bottleneck.expansion
        } else {
          blocks.append(
            .basic(
              BasicBlock(
                name: name, inputChannels: inputChannels, channels: channels, stride: stride,
                dilation: dilation, previousDilation: first, &random)))
          inputChannels = channels
        }
      }
    }
    self.blocks = blocks
    outputChannels = inputChannels
  }

  package var parameters: [Parameter] { stem.parameters + blocks.flatMap(\.parameters) }
  package var state: [StateArray] { stem.state + blocks.flatMap(\.state) }

  /// [N, H, W, 3] to [N, H / 16, W / 16, outputChannels], extents rounded up.
  package func forward(
    _ x: Tensor, _ context: inout PassContext
  ) -> (output: Tensor, saved: Saved) {
    let (features, savedStem) = stem.forward(x, &context)
    let pooled = MaxPooling.forward(features, context.compute)
    var y = pooled
    var saved = Saved(stem: savedStem, pooled: pooled, blocks: [])
    for block in blocks {
      let (output, savedBlock) = block.forward(y, &context)
      y = output
      // In evaluation nothing is kept, so that memory is that of one block.
      if context.training { saved.blocks.append(savedBlock) }
    }
    return (y, saved)
  }

  package func backward(_ dy: Tensor, _ saved: Saved, _ compute: Compute) -> Tensor {
    var gradient = dy
    var rest = saved.blocks
    for block in blocks.reversed() {
      gradient = block.backward(gradient, rest.removeLast(), compute)
    }
    let d = MaxPooling.backward(gradient, x: saved.stem.output, y: saved.pooled, compute)
    return stem.backward(d, saved.stem, compute)
  }
}

/// Channels under a width multiplier: at least 4, rounded to a multiple of 4.
func scaledChannels(_ channels: Int, _ width: Double) -> Int {
  max(4, Int((Double(channels) * width / 4).rounded()) * 4)
}
