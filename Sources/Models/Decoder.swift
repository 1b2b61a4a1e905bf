import Tensors

/// The decoder of DeepLab v3+ (Chen et al. 2018, Fig. 2): ASPP's output, upsampled to stride 4,
/// joined with the low-level features at 48 channels, refined by two 3x3 convolutions, classified.
/// Two inputs, therefore no `Layer`.
struct Decoder: Sendable {
  struct Saved {
    let pyramid: Shape
    let reduction: ConvolutionUnit.Saved
    let first: ConvolutionUnit.Saved
    let second: ConvolutionUnit.Saved
    let masks: (Tensor?, Tensor?)
    let classifier: Tensor
  }
  /// 1x1, of the low-level features.
  let reduction: ConvolutionUnit
  let first: ConvolutionUnit
  let second: ConvolutionUnit
  /// After the first and after the second 3x3 convolution.
  let dropouts: (Dropout, Dropout)
  let classifier: Classifier
  /// Channels of ASPP's output and of the reduced low-level features.
  private let joined: [Int]
  private let resize = BilinearResize()

  /// - Parameters:
  ///   - name: `.project` and `.classifier` below it hold the reduction and all after it.
  ///   - dropout: rates after the first and after the second 3x3 convolution.
  init(
    name: String, pyramidChannels: Int, lowLevelChannels: Int, width: Double, classes: Int,
    dropout: (Double, Double), _ random: inout RandomSource
  ) {
    let (channels, reduced) = (scaledChannels(256, width), scaledChannels(48, width))
    joined = [pyramidChannels, reduced]
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
  var state: [StateArray] { units.flatMap(\.state) }

  /// [N, h, w, C] and [N, H / 4, W / 4, D] to scores [N, H / 4, W / 4, classes].
  /// - Returns: saved values only in training: at stride 4 they are large.
  func forward(
    _ pyramid: Tensor, lowLevel: Tensor, _ context: inout PassContext
  ) -> (scores: Tensor, saved: Saved?) {
    let (reduced, savedReduction) = reduction.pass(lowLevel, &context)
    var y = resize.forward(
      pyramid, height: lowLevel.shape.h, width: lowLevel.shape.w, context.compute)
    y = concatenateChannels([y, reduced], context.compute)
    let (savedFirst, savedSecond): (ConvolutionUnit.Saved?, ConvolutionUnit.Saved?)
    let masks: (Tensor?, Tensor?)
    let savedClassifier: Tensor?
    (y, savedFirst) = first.pass(y, &context)
    (y, masks.0) = dropouts.0.forward(y, &context)
    (y, savedSecond) = second.pass(y, &context)
    (y, masks.1) = dropouts.1.forward(y, &context)
    (y, savedClassifier) = classifier.pass(y, &context)
    guard let savedReduction, let savedFirst, let savedSecond, let savedClassifier else {
      return (y, nil)
    }
    return (
      y,
      Saved(
        pyramid: pyramid.shape, reduction: savedReduction, first: savedFirst,
        second: savedSecond, masks: masks, classifier: savedClassifier)
    )
  }

  func backward(
    _ dy: Tensor, _ saved: Saved, _ compute: Compute
  ) -> (pyramid: Tensor, lowLevel: Tensor) {
    var d = classifier.backward(dy, saved.classifier, compute)
    d = dropouts.1.backward(d, saved.masks.1, compute)
    d = second.backward(d, saved.second, compute)
    d = dropouts.0.backward(d, saved.masks.0, compute)
    d = first.backward(d, saved.first, compute)
    let parts = splitChannels(d, into: joined, compute)
    return (
      resize.backward(parts[0], input: saved.pyramid, compute),
      reduction.backward(parts[1], saved.reduction, compute)
    )
  }
}
