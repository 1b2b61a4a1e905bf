import Tensors

/// A ResNet without its classifier, at output stride 16: the last stage is dilated by 2 instead
/// of strided (Chen et al. 2017, section 3), its first block keeping the dilation before it as in
/// torchvision. With a multi-grid every block of that stage has 2 times its factor.
package struct ResNet: Layer {
  package struct Saved {
    let images: Tensor
    let stem: Activation
    let choices: MaxPooling.Choices
    /// Only some blocks have their input: see `keepsInput`.
    fileprivate(set) var blocks: [ResidualBlock.Saved]
  }
  let stem: ConvolutionUnit
  let blocks: [ResidualBlock]
  /// Blocks of the first stage, whose output are the low-level features.
  private let lowLevelBlocks: Int
  /// Whether a block's input is kept for the backward pass: that of a stage's first block and of
  /// every eighth after it. The others are made again from the nearest kept one before, when the
  /// backward pass gets there; by then more than that has been let go.
  private let keepsInput: [Bool]
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
    var keepsInput: [Bool] = []
    var (inputChannels, dilation, lowLevelChannels) = (base, 1, base)
    for (stage, count) in architecture.blocks.enumerated() {
      let channels = scaledChannels(64 << stage, width)
      let dilated = stage == 3 && outputStride == 16
      let previousDilation = dilation
      if dilated { dilation *= 2 }
      for block in 0..<count {
        keepsInput.append(block % 8 == 0)
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
    self.keepsInput = keepsInput
    lowLevelBlocks = architecture.blocks[0]
    self.lowLevelChannels = lowLevelChannels
    outputChannels = inputChannels
  }

  package var parameters: [Parameter] { stem.parameters + blocks.flatMap(\.parameters) }
  package var state: [StateArray] { stem.state + blocks.flatMap(\.state) }

  /// [N, H, W, 3] to [N, H / 16, W / 16, outputChannels], extents rounded up.
  package func forward(
    _ x: Tensor, _ context: inout PassContext
  ) -> (output: Tensor, saved: Saved?) {
    var saved: Saved?
    let pooled = enter(x, keeping: &saved, &context)
    return (forward(pooled, through: blocks.indices, keeping: &saved, &context), saved)
  }

  /// Also the output of the first stage, [N, H / 4, W / 4, lowLevelChannels], extents rounded up.
  package func forwardWithLowLevel(
    _ x: Tensor, _ context: inout PassContext
  ) -> (output: Tensor, lowLevel: Tensor, saved: Saved?) {
    var saved: Saved?
    let pooled = enter(x, keeping: &saved, &context)
    let lowLevel = forward(pooled, through: 0..<lowLevelBlocks, keeping: &saved, &context)
    let y = forward(
      lowLevel, through: lowLevelBlocks..<blocks.count, keeping: &saved, &context)
    return (y, lowLevel, saved)
  }

  /// The stem and its pooling, to stride 4. The stem's output never lies in memory as a whole.
  private func enter(
    _ x: Tensor, keeping saved: inout Saved?, _ context: inout PassContext
  ) -> Tensor {
    let features = stem.convolved(x, &context)
    let (pooled, choices) = MaxPooling.forward(
      features.convolved, through: features.normalizer, wantsChoices: context.training,
      context.compute)
    if let choices { saved = Saved(images: x, stem: features, choices: choices, blocks: []) }
    return pooled
  }

  private func forward(
    _ x: Tensor, through range: Range<Int>, keeping saved: inout Saved?,
    _ context: inout PassContext
  ) -> Tensor {
    var y = x
    for index in range {
      var savedBlock: ResidualBlock.Saved?
      (y, savedBlock) = blocks[index].forward(y, &context)
      if !keepsInput[index] { savedBlock?.input = nil }
      if let savedBlock { saved?.blocks.append(savedBlock) }
    }
    return y
  }

  package func backward(
    _ dy: consuming Tensor, _ saved: consuming Saved, _ pass: BackwardPass
  ) -> Tensor {
    backward(dy, lowLevel: nil, saved, pass)
  }

  /// - Parameter lowLevel: gradient of the low-level features, where someone else used them too.
  package func backward(
    _ dy: consuming Tensor, lowLevel: consuming Tensor?, _ saved: consuming Saved,
    _ pass: BackwardPass
  ) -> Tensor {
    let (images, stem, choices) = (saved.images, saved.stem, saved.choices)
    var rest = saved.blocks
    _ = consume saved
    var gradient = dy
    for index in blocks.indices.reversed() {
      if index == lowLevelBlocks - 1, let low = lowLevel {
        add(low, onto: gradient, pass.compute)
        lowLevel = nil
      }
      makeInput(of: index, again: &rest, pass.compute)
      gradient = blocks[index].backward(consume gradient, rest.removeLast(), pass)
    }
    let d = MaxPooling.backward(
      gradient, choices, input: stem.convolved.shape, pass.compute)
    _ = consume gradient
    return self.stem.backward(consume d, consume stem, pass) { images }.input
  }

  /// Makes the inputs of the block and of those before it that were not kept.
  private func makeInput(
    of index: Int, again saved: inout [ResidualBlock.Saved], _ compute: Compute
  ) {
    guard saved[index].input == nil else { return }
    // A stage's first block has its input.
    let kept = keepsInput[...index].lastIndex(of: true) ?? 0
    for i in kept..<index { saved[i + 1].input = saved[i].output(compute) }
  }
}

/// Channels under a width multiplier: at least 4, rounded to a multiple of 4.
func scaledChannels(_ channels: Int, _ width: Double) -> Int {
  max(4, Int((Double(channels) * width / 4).rounded()) * 4)
}
