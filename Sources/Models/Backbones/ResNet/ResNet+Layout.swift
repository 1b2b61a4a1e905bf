import Tensors

extension ResNet {
  /// Depth and block kind of a ResNet (He et al. 2016, Table 1).
  package struct Layout: Hashable, Sendable {
    package var bottleneck: Bool
    /// Blocks of the four stages.
    package var blocks: [Int]
    /// A factor for the dilation of each block of the last stage (Chen et al. 2017, section 3.1);
    /// nil: none, as in torchvision.
    package var multiGrid: [Int]?

    /// - Parameter multiGrid: as many factors as the last stage has blocks.
    package init(bottleneck: Bool, blocks: [Int], multiGrid: [Int]? = nil) {
      precondition(multiGrid == nil || multiGrid?.count == blocks.last, "a factor for each block")
      (self.bottleneck, self.blocks, self.multiGrid) = (bottleneck, blocks, multiGrid)
    }

    /// Channels of the features at full width.
    var outputChannels: Int { 512 * (bottleneck ? ResidualBlock.expansion : 1) }
  }
}

/// One block of a ResNet before it has weights.
struct PlannedBlock {
  var name: String
  var channels: Int
  var stride: Int
  var dilation: Int
  /// Of the block's first 3x3 convolution: the first block of a dilated stage keeps the dilation
  /// before it, as in torchvision.
  var firstDilation: Int
  var keepsInput: Bool

  func make(
    bottleneck: Bool, _ inputChannels: Int, _ random: inout RandomSource
  ) -> ResidualBlock {
    bottleneck
      ? .bottleneck(
        name: name, inputChannels: inputChannels, channels: channels, stride: stride,
        dilation: firstDilation, &random)
      : .basic(
        name: name, inputChannels: inputChannels, channels: channels, stride: stride,
        dilation: dilation, previousDilation: firstDilation, &random)
  }
}

extension ResNet.Layout {
  /// The blocks in order. At output stride 16 the last stage is dilated by 2 instead of strided.
  func plan(_ options: BackboneOptions) -> [PlannedBlock] {
    blocks.enumerated().flatMap { stage, count in
      let isDilated = stage == 3 && options.outputStride == 16
      return (0..<count).map { block in
        let factor = isDilated ? multiGrid?[block] : nil
        let dilation = (isDilated ? 2 : 1) * (factor ?? 1)
        return PlannedBlock(
          name: "\(options.prefix)layer\(stage + 1).\(block)",
          channels: scaledChannels(ResNet.stemChannels << stage, options.width),
          stride: block == 0 && stage > 0 && !isDilated ? 2 : 1, dilation: dilation,
          firstDilation: block == 0 && factor == nil ? 1 : dilation,
          keepsInput: block % 8 == 0)
      }
    }
  }
}
