import Tensors

/// DeepLab v3+ (Chen et al. 2018) on a dilated backbone: ASPP as in DeepLabV3, then a decoder that
/// joins the backbone's low-level features at stride 4, and bilinear upsampling to the input's size.
/// The paper names DeepLabV3, its authors' code builds this network: dropout 0.5 after ASPP, 0.5 and
/// 0.1 in the decoder.
///
/// One thing differs from that code: it interpolates with aligned corners. Here both networks
/// interpolate as torchvision's DeepLabV3 does, without, so that they differ by the decoder alone.
package struct DeepLabV3Plus: EnlargingNetwork {
  package struct Saved: SavedSmallLogits {
    let backbone: SavedFeatures
    let aspp: ASPP.Saved
    let decoder: Decoder.Saved
    package let logits: Shape
  }
  package let backbone: any BackboneNetwork
  let aspp: ASPP
  let decoder: Decoder

  /// - Parameters:
  ///   - backbone: with its initial weights.
  ///   - width: channels relative to the published network, the decoder's 48 too; 1 is full width.
  ///   - dropout: rates after ASPP and after each of the decoder's 3x3 convolutions.
  package init(
    _ backbone: any BackboneNetwork, classes: Int, width: Double = 1,
    dropout: (aspp: Double, first: Double, second: Double) = (0.5, 0.5, 0.1),
    _ random: inout RandomSource
  ) {
    self.backbone = backbone
    let channels = scaledChannels(256, width)
    aspp = ASPP(
      name: "classifier.aspp", inputChannels: backbone.outputChannels, channels: channels,
      rates: atrousRates(outputStride: backbone.outputStride), dropout: dropout.aspp, &random)
    decoder = Decoder(
      name: "classifier", pyramidChannels: channels, lowLevelChannels: backbone.lowLevelChannels,
      width: width, classes: classes, dropout: (dropout.first, dropout.second), &random)
  }

  package var parameters: [Parameter] {
    backbone.parameters + aspp.parameters + decoder.parameters
  }
  package var buffers: [Buffer] { backbone.buffers + aspp.buffers + decoder.buffers }

  package func smallLogits(
    _ x: Tensor, _ context: inout PassContext
  ) -> (output: Tensor, saved: Saved?) {
    var (y, lowLevel, savedBackbone) = backbone.featuresWithLowLevel(x, &context)
    let savedASPP: ASPP.Saved?
    (y, savedASPP) = aspp.forward(y, &context)
    let savedDecoder: Decoder.Saved?
    (y, savedDecoder) = decoder.forward(y, lowLevel: lowLevel, &context)
    guard let savedBackbone, let savedASPP, let savedDecoder else { return (y, nil) }
    return (
      y,
      Saved(backbone: savedBackbone, aspp: savedASPP, decoder: savedDecoder, logits: y.shape)
    )
  }

  package func backward(
    small dy: consuming Tensor, _ saved: consuming Saved, _ pass: BackwardPass
  ) -> Tensor {
    let (savedBackbone, savedASPP, savedDecoder) = (saved.backbone, saved.aspp, saved.decoder)
    _ = consume saved
    var (d, lowLevel) = decoder.backward(consume dy, consume savedDecoder, pass) {
      savedASPP.project.output(pass.compute)
    }
    d = aspp.backward(consume d, consume savedASPP, pass)
    return savedBackbone.backward(consume d, consume lowLevel, pass)
  }
}
