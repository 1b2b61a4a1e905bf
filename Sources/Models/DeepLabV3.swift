import Tensors

/// DeepLabV3 (Chen et al. 2017): a dilated ResNet, ASPP, a 3x3 convolution, a classifier, and
/// bilinear upsampling to the input's size. Names and parameter counts are torchvision's; the
/// output stride is 16 and the atrous rates 6, 12, 18.
package struct DeepLabV3: Layer {
  package struct Saved {
    let backbone: ResNet.Saved
    let aspp: ASPP.Saved
    let head: ConvolutionUnit.Saved
    let classifier: Tensor
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
  ) -> (output: Tensor, saved: Saved) {
    let (features, savedBackbone) = backbone.forward(x, &context)
    let (pyramid, savedASPP) = aspp.forward(features, &context)
    let (y, savedHead) = head.forward(pyramid, &context)
    let (scores, savedClassifier) = classifier.forward(y, &context)
    let logits = resize.forward(scores, height: x.shape.h, width: x.shape.w, context.compute)
    return (
      logits,
      Saved(
        backbone: savedBackbone, aspp: savedASPP, head: savedHead, classifier: savedClassifier,
        scores: scores.shape)
    )
  }

  /// The image's gradient is not computed: the result is empty.
  package func backward(_ dy: Tensor, _ saved: Saved, _ compute: Compute) -> Tensor {
    let dScores = resize.backward(dy, input: saved.scores, compute)
    let d = classifier.backward(dScores, saved.classifier, compute)
    let dPyramid = head.backward(d, saved.head, compute)
    let dFeatures = aspp.backward(dPyramid, saved.aspp, compute)
    return backbone.backward(dFeatures, saved.backbone, compute)
  }
}
