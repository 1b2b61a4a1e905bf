import Tensors

/// DeepLabV3 (Chen et al. 2017): a dilated backbone, ASPP, a 3x3 convolution, a classifier, and
/// bilinear upsampling to the input's size. On a ResNet, names and parameter counts are torchvision's.
package struct DeepLabV3: EnlargingNetwork {
  package struct Saved: SavedSmallLogits {
    let backbone: SavedFeatures
    let aspp: ASPP.Saved
    let head: Activation
    package let logits: Shape
  }
  package let backbone: any BackboneNetwork
  let aspp: ASPP
  let head: ConvolutionUnit
  let classifier: Classifier

  /// - Parameters:
  ///   - backbone: with its initial weights.
  ///   - width: channels relative to the published network; 1 is full width.
  package init(
    _ backbone: any BackboneNetwork, classes: Int, width: Double = 1, dropout: Double = 0.5,
    _ random: inout RandomSource
  ) {
    self.backbone = backbone
    let channels = scaledChannels(256, width)
    aspp = ASPP(
      name: "classifier.0", inputChannels: backbone.outputChannels, channels: channels,
      rates: atrousRates(outputStride: backbone.outputStride), dropout: dropout, &random)
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
  package var buffers: [Buffer] { backbone.buffers + aspp.buffers + head.buffers }

  package func smallLogits(
    _ x: Tensor, _ context: inout PassContext
  ) -> (output: Tensor, saved: Saved?) {
    var (y, savedBackbone) = backbone.features(x, &context)
    let savedASPP: ASPP.Saved?
    (y, savedASPP) = aspp.forward(y, &context)
    let savedHead: Activation?
    (y, savedHead) = head.apply(y, &context)
    y = classifier.forward(y, &context).output
    guard let savedBackbone, let savedASPP, let savedHead else { return (y, nil) }
    return (
      y, Saved(backbone: savedBackbone, aspp: savedASPP, head: savedHead, logits: y.shape)
    )
  }

  package func backward(
    small dy: consuming Tensor, _ saved: consuming Saved, _ pass: BackwardPass
  ) -> Tensor {
    let (savedBackbone, savedASPP, savedHead) = (saved.backbone, saved.aspp, saved.head)
    _ = consume saved
    var d = classifier.backward(consume dy, savedHead.output(pass.compute), pass)
    d =
      head.backward(consume d, consume savedHead, pass) {
        savedASPP.project.output(pass.compute)
      }.input
    d = aspp.backward(consume d, consume savedASPP, pass)
    return savedBackbone.backward(consume d, nil, pass)
  }
}
