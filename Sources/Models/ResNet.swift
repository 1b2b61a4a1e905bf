import Tensors

/// Depth and block kind of a ResNet (He et al. 2016, Table 1).
package struct ResNetArchitecture: Hashable, Sendable {
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

  package static let resnet18 = ResNetArchitecture(bottleneck: false, blocks: [2, 2, 2, 2])
  /// What the code of the recall loss's authors calls "resnet18": bottlenecks, 2048 channels, and
  /// dilations 2, 4, 8 in the last stage. Not He et al.'s ResNet-18, which the paper cites.
  package static let resnet18Authors = ResNetArchitecture(
    bottleneck: true, blocks: [2, 2, 2, 3], multiGrid: [1, 2, 4])
  package static let resnet101 = ResNetArchitecture(bottleneck: true, blocks: [3, 4, 23, 3])
}

/// A ResNet without its classifier, at output stride 16: the last stage is dilated by 2 instead
/// of strided (Chen et al. 2017, section 3), its first block keeping the dilation before it as in
/// torchvision. With a multi-grid every block of that stage has 2 times its factor.
package struct ResNet: Layer {
  /// Empty after a pass in evaluation mode.
  package struct Saved {
    fileprivate(set) var stem: ConvolutionUnit.Saved?
    fileprivate(set) var pooled: Tensor?
    fileprivate(set) var blocks: [ResidualBlock.Saved] = []
  }
  let stem: ConvolutionUnit
  let blocks: [ResidualBlock]
  /// Blocks of the first stage, whose output are the low-level features.
  private let lowLevelBlocks: Int
  /// Channels of the low-level features; 64 or 256 at full width.
  package let lowLevelChannels: Int
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
    var (inputChannels, dilation, lowLevelChannels) = (base, 1, base)
    for (stage, count) in architecture.blocks.enumerated() {
      let channels = scaledChannels(64 << stage, width)
      let dilated = stage == 3 && outputStride == 16
      let previousDilation = dilation
      if dilated { dilation *= 2 }
      for block in 0..<count {
        let stride = block == 0 && stage > 0 && !dilated ? 2 : 1
        let name = "\(prefix)layer\(stage + 1).\(block)"
        let factor = dilated ? architecture.multiGrid?[block] : nil
        let dilation = dilation * (factor ?? 1)
        let first = block == 0 && factor == nil ? previousDilation : dilation
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
      if stage == 0 { lowLevelChannels = inputChannels }
    }
    self.blocks = blocks
    lowLevelBlocks = architecture.blocks[0]
    self.lowLevelChannels = lowLevelChannels
    outputChannels = inputChannels
  }

  package var parameters: [Parameter] { stem.parameters + blocks.flatMap(\.parameters) }
  package var state: [StateArray] { stem.state + blocks.flatMap(\.state) }

  /// [N, H, W, 3] to [N, H / 16, W / 16, outputChannels], extents rounded up.
  package func forward(
    _ x: Tensor, _ context: inout PassContext
  ) -> (output: Tensor, saved: Saved) {
    var saved = Saved()
    let pooled = enter(x, keeping: &saved, &context)
    return (forward(pooled, through: blocks[...], keeping: &saved, &context), saved)
  }

  /// Also the output of the first stage, [N, H / 4, W / 4, lowLevelChannels], extents rounded up.
  package func forwardWithLowLevel(
    _ x: Tensor, _ context: inout PassContext
  ) -> (output: Tensor, lowLevel: Tensor, saved: Saved) {
    var saved = Saved()
    let pooled = enter(x, keeping: &saved, &context)
    let lowLevel = forward(
      pooled, through: blocks[..<lowLevelBlocks], keeping: &saved, &context)
    let y = forward(lowLevel, through: blocks[lowLevelBlocks...], keeping: &saved, &context)
    return (y, lowLevel, saved)
  }

  /// The stem and its pooling, to stride 4.
  private func enter(
    _ x: Tensor, keeping saved: inout Saved, _ context: inout PassContext
  ) -> Tensor {
    let features: Tensor
    (features, saved.stem) = stem.pass(x, &context)
    let pooled = MaxPooling.forward(features, context.compute)
    if context.training { saved.pooled = pooled }
    return pooled
  }

  private func forward(
    _ x: Tensor, through blocks: ArraySlice<ResidualBlock>, keeping saved: inout Saved,
    _ context: inout PassContext
  ) -> Tensor {
    var y = x
    for block in blocks {
      let (output, savedBlock) = block.pass(y, &context)
      y = output
      if let savedBlock { saved.blocks.append(savedBlock) }
    }
    return y
  }

  package func backward(_ dy: Tensor, _ saved: Saved, _ compute: Compute) -> Tensor {
    backward(dy, lowLevel: nil, saved, compute)
  }

  /// - Parameter lowLevel: gradient of the low-level features, where someone else used them too.
  package func backward(
    _ dy: Tensor, lowLevel: Tensor?, _ saved: Saved, _ compute: Compute
  ) -> Tensor {
    guard let savedStem = saved.stem, let pooled = saved.pooled else {
      preconditionFailure("no forward pass in training mode")
    }
    var gradient = dy
    var rest = saved.blocks
    for index in blocks.indices.reversed() {
      if index == lowLevelBlocks - 1, let lowLevel { add(lowLevel, onto: gradient, compute) }
      gradient = blocks[index].backward(gradient, rest.removeLast(), compute)
    }
    let d = MaxPooling.backward(gradient, x: savedStem.output, y: pooled, compute)
    return stem.backward(d, savedStem, compute)
  }
}

/// Channels under a width multiplier: at least 4, rounded to a multiple of 4.
func scaledChannels(_ channels: Int, _ width: Double) -> Int {
  max(4, Int((Double(channels) * width / 4).rounded()) * 4)
}
