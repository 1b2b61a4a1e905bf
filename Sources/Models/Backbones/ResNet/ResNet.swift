import Tensors

/// A ResNet without its classifier, at output stride 16: the last stage is dilated by 2 instead
/// of strided (Chen et al. 2017, section 3), its first block keeping the dilation before it as in
/// torchvision. With a multi-grid every block of that stage has 2 times its factor.
package struct ResNet: BackboneNetwork {
  package struct Saved {
    let images: Tensor
    let stem: Activation
    let choices: MaxPooling.Choices
    /// Only some blocks have their input: see `keepsInput`.
    fileprivate(set) var blocks: [ResidualBlock.Saved]
  }
  /// Of the stem at full width.
  static let stemChannels = 64
  let stem: ConvolutionUnit
  let blocks: [ResidualBlock]
  /// Blocks of the first stage, whose output is the low-level features.
  private let lowLevelBlocks: Int
  /// Whether a block's input is kept for the backward pass: that of a stage's first block and of
  /// every eighth after it. The others are recomputed from the nearest kept one before them when the
  /// backward pass gets there; by then more memory than they need has been released.
  private let keepsInput: [Bool]
  /// 512 or 2048 at full width.
  package let outputChannels: Int
  package let outputStride: Int
  /// 64 or 256 at full width.
  package let lowLevelChannels: Int
  package let lowLevelStride = 4

  package init(_ layout: Layout, _ options: BackboneOptions, _ random: inout RandomSource) {
    let base = scaledChannels(Self.stemChannels, options.width)
    stem = ConvolutionUnit(
      convolution: options.prefix + "conv1", normalization: options.prefix + "bn1",
      ConvolutionGeometry(
        inputChannels: 3, outputChannels: base, kernel: 7, stride: 2, padding: 3),
      relu: true, isFirst: true, initialization: .fanOut, &random)
    let plan = layout.plan(options)
    var blocks: [ResidualBlock] = []
    var inputChannels = base
    for block in plan {
      blocks.append(block.make(bottleneck: layout.bottleneck, inputChannels, &random))
      inputChannels = blocks[blocks.count - 1].outputChannels
    }
    self.blocks = blocks
    keepsInput = plan.map(\.keepsInput)
    lowLevelBlocks = layout.blocks[0]
    outputChannels = inputChannels
    outputStride = options.outputStride
    lowLevelChannels = blocks[lowLevelBlocks - 1].outputChannels
  }

  package var parameters: [Parameter] { stem.parameters + blocks.flatMap(\.parameters) }
  package var buffers: [Buffer] { stem.buffers + blocks.flatMap(\.buffers) }

  /// [N, H, W, 3] to [N, H / outputStride, W / outputStride, outputChannels], extents rounded up.
  package func forward(
    _ x: Tensor, _ context: inout PassContext
  ) -> (output: Tensor, saved: Saved?) {
    var saved: Saved?
    let pooled = enter(x, keeping: &saved, &context)
    return (forward(pooled, through: blocks.indices, keeping: &saved, &context), saved)
  }

  /// The low-level features are the output of the first stage.
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

  /// The stem and its pooling, to stride 4. The stem's output is never in memory as a whole.
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
      recomputeInput(of: index, &rest, pass.compute)
      gradient = blocks[index].backward(consume gradient, rest.removeLast(), pass)
    }
    let d = MaxPooling.backward(
      gradient, choices, input: stem.convolved.shape, pass.compute)
    _ = consume gradient
    return self.stem.backward(consume d, consume stem, pass) { images }.input
  }

  /// Recomputes the inputs of the block and of those before it that were not kept.
  private func recomputeInput(
    of index: Int, _ saved: inout [ResidualBlock.Saved], _ compute: Compute
  ) {
    guard saved[index].input == nil else { return }
    // A stage's first block has its input.
    let kept = keepsInput[...index].lastIndex(of: true) ?? 0
    for i in kept..<index { saved[i + 1].input = saved[i].output(compute) }
  }
}
