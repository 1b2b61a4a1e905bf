import Tensors

/// The decoder of DeepLab v3+ (Chen et al. 2018, Fig. 2): ASPP's output, upsampled to stride 4,
/// joined with the low-level features at 48 channels, refined by two 3x3 convolutions, classified.
/// It has two inputs and is therefore not a `Layer`.
struct Decoder: Sendable {
  /// The inputs of the classifier and of both 3x3 convolutions are recomputed.
  struct Saved {
    let lowLevel: Tensor
    let reduction: Activation
    let first: Activation
    let second: Activation
  }
  /// 1x1, of the low-level features.
  let reduction: ConvolutionUnit
  let first: ConvolutionUnit
  let second: ConvolutionUnit
  /// After the first and after the second 3x3 convolution.
  let dropouts: (Dropout, Dropout)
  let classifier: Classifier
  /// Channels of ASPP's output and of the reduced low-level features.
  private let channels: [Int]
  private let resize = BilinearResize()

  /// - Parameters:
  ///   - name: `.project` and `.classifier` below it hold the reduction and all after it.
  ///   - dropout: rates after the first and after the second 3x3 convolution.
  init(
    name: String, pyramidChannels: Int, lowLevelChannels: Int, width: Double, classes: Int,
    dropout: (Double, Double), _ random: inout RandomSource
  ) {
    let (channels, reduced) = (scaledChannels(256, width), scaledChannels(48, width))
    self.channels = [pyramidChannels, reduced]
    reduction = ConvolutionUnit(
      convolution: name + ".project.0", normalization: name + ".project.1",
      ConvolutionGeometry(inputChannels: lowLevelChannels, outputChannels: reduced, kernel: 1),
      relu: true, initialization: .fanIn, &random)
    first = ConvolutionUnit(
      convolution: name + ".classifier.0", normalization: name + ".classifier.1",
      ConvolutionGeometry(
        inputChannels: pyramidChannels + reduced, outputChannels: channels, kernel: 3),
      relu: true, initialization: .fanIn, &random)
    // Members 2 and 3, 6 and 7 are ReLU and dropout.
    second = ConvolutionUnit(
      convolution: name + ".classifier.4", normalization: name + ".classifier.5",
      ConvolutionGeometry(inputChannels: channels, outputChannels: channels, kernel: 3),
      relu: true, initialization: .fanIn, &random)
    classifier = Classifier(
      name: name + ".classifier.8", inputChannels: channels, classes: classes, &random)
    dropouts = (Dropout(rate: dropout.0), Dropout(rate: dropout.1))
  }

  private var units: [ConvolutionUnit] { [reduction, first, second] }
  var parameters: [Parameter] { units.flatMap(\.parameters) + classifier.parameters }
  var buffers: [Buffer] { units.flatMap(\.buffers) }

  /// [N, h, w, C] and [N, H / 4, W / 4, D] to logits [N, H / 4, W / 4, classes].
  func forward(
    _ pyramid: Tensor, lowLevel: Tensor, _ context: inout PassContext
  ) -> (logits: Tensor, saved: Saved?) {
    let reduced = reduction.convolved(lowLevel, &context)
    var y = joined(pyramid, reduced, context.compute)
    let (savedFirst, savedSecond): (Activation?, Activation?)
    (y, savedFirst) = first.apply(y, dropout: dropouts.0, &context)
    (y, savedSecond) = second.apply(y, dropout: dropouts.1, &context)
    y = classifier.forward(y, &context).output
    guard let savedFirst, let savedSecond else { return (y, nil) }
    return (
      y,
      Saved(lowLevel: lowLevel, reduction: reduced, first: savedFirst, second: savedSecond)
    )
  }

  /// ASPP's output, upsampled, beside the reduced low-level features.
  private func joined(_ pyramid: Tensor, _ reduced: Activation, _ compute: Compute) -> Tensor {
    let s = reduced.convolved.shape
    return concatenateChannels(
      [resize.forward(pyramid, height: s.h, width: s.w, compute), reduced.output(compute)],
      compute)
  }

  /// - Parameter pyramid: returns ASPP's output; called once.
  func backward(
    _ dy: consuming Tensor, _ saved: consuming Saved, _ pass: BackwardPass,
    pyramid: () -> Tensor
  ) -> (pyramid: Tensor, lowLevel: Tensor) {
    let compute = pass.compute
    let (lowLevel, reduced, a, b) = (saved.lowLevel, saved.reduction, saved.first, saved.second)
    _ = consume saved
    var d = classifier.backward(dy, b.output(compute), pass)
    d = second.backward(consume d, consume b, pass) { a.output(compute) }.input
    var small = Shape(n: 0, h: 0, w: 0, c: 0)
    d =
      first.backward(consume d, consume a, pass) {
        let pyramid = pyramid()
        small = pyramid.shape
        return joined(pyramid, reduced, compute)
      }.input
    var parts = splitChannels(d, into: channels, compute)
    _ = consume d
    let dLowLevel = reduction.backward(parts.removeLast(), consume reduced, pass) {
      lowLevel
    }.input
    return (resize.backward(parts[0], input: small, compute), dLowLevel)
  }
}
