import Tensors

/// DeepLabV3 (Chen et al. 2017): a dilated ResNet, ASPP, a 3x3 convolution, a classifier, and
/// bilinear upsampling to the input's size. Names and parameter counts are torchvision's; the
/// output stride is 16 and the atrous rates 6, 12, 18.
package struct DeepLabV3: Layer {
  package struct Saved {
    let backbone: ResNet.Saved
    let aspp: ASPP.Saved
    let head: Activation
    let scores: Shape
  }
  package let backbone: ResNet
  let aspp: ASPP
  let head: ConvolutionUnit
  let classifier: Classifier
  let resize = BilinearResize()

  /// - Parameters:
  ///   - width: channels relative to the published network; 1 is full width.
  ///   - seed: of the initial weights.
  package init(
    _ architecture: ResNetArchitecture, classes: Int, width: Double = 1, dropout: Double = 0.5,
    seed: UInt64
  ) {
    var random = RandomSource(seed: seed, purpose: "initial weights")
    backbone = ResNet(architecture, width: width, prefix: "backbone.", &random)
    let channels = scaledChannels(256, width)
    aspp = ASPP(
      name: "classifier.0", inputChannels: backbone.outputChannels, channels: channels,
      rates: [6, 12, 18], dropout: dropout, &random)
    head = ConvolutionUnit(
      convolution: "classifier.1", normalization: "classifier.2",
      ConvolutionGeometry(inputChannels: channels, outputChannels: channels, kernel: 3),
      relu: true, initialization: .fanIn, &random)
    classifier = Classifier(
      name: "classifier.4", inputChannels: channels, classes: classes, &random)
  }

  package var parameters: [Parameter] {
    backbone.parameters + aspp.parameters + head.parameters + classifier.parameters
  }
  package var state: [StateArray] { backbone.state + aspp.state + head.state }

  /// Images [N, H, W, 3], normalised, to logits [N, H, W, classes].
  package func forward(
    _ x: Tensor, _ context: inout PassContext
  ) -> (output: Tensor, saved: Saved?) {
    var (y, savedBackbone) = backbone.forward(x, &context)
    let savedASPP: ASPP.Saved?
    (y, savedASPP) = aspp.forward(y, &context)
    let savedHead: Activation?
    (y, savedHead) = head.apply(y, &context)
    y = classifier.forward(y, &context).output
    let scores = y.shape
    y = resize.forward(y, height: x.shape.h, width: x.shape.w, context.compute)
    guard let savedBackbone, let savedASPP, let savedHead else { return (y, nil) }
    return (
      y, Saved(backbone: savedBackbone, aspp: savedASPP, head: savedHead, scores: scores)
    )
  }

  /// The image's gradient is not computed: the result is empty.
  package func backward(
    _ dy: consuming Tensor, _ saved: consuming Saved, _ pass: BackwardPass
  ) -> Tensor {
    let (savedBackbone, savedASPP, savedHead) = (saved.backbone, saved.aspp, saved.head)
    let scores = saved.scores
    _ = consume saved
    var d = resize.backward(dy, input: scores, pass.compute)
    _ = consume dy
    d = classifier.backward(consume d, savedHead.output(pass.compute), pass)
    d =
      head.backward(consume d, consume savedHead, pass) {
        savedASPP.project.output(pass.compute)
      }.input
    d = aspp.backward(consume d, consume savedASPP, pass)
    return backbone.backward(consume d, consume savedBackbone, pass)
  }
}
