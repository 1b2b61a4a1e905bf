import Tensors

/// Image classification (He et al. 2016): a backbone at output stride 32, the mean over all pixels,
/// and a fully connected layer. Pretrained weights are compared with PyTorch's on it.
package struct ImageClassifier: Layer {
  package struct Saved {
    let backbone: SavedFeatures
    let features: Shape
    let pooled: Tensor
  }
  let backbone: any BackboneNetwork
  let classifier: Classifier

  /// - Parameter backbone: with its initial weights, under the names that it has in `DeepLabV3`; the
  ///   last layer is `backbone.fc`.
  package init(_ backbone: any BackboneNetwork, classes: Int, _ random: inout RandomSource) {
    self.backbone = backbone
    classifier = Classifier(
      name: "backbone.fc", inputChannels: backbone.outputChannels, classes: classes, &random)
  }

  package var parameters: [Parameter] { backbone.parameters + classifier.parameters }
  package var buffers: [Buffer] { backbone.buffers }

  /// Images [N, H, W, 3], normalized, to logits [N, 1, 1, classes].
  package func forward(
    _ x: Tensor, _ context: inout PassContext
  ) -> (output: Tensor, saved: Saved?) {
    let (features, savedBackbone) = backbone.features(x, &context)
    let pooled = globalAveragePool(features, context.compute)
    let logits = classifier.forward(pooled, &context).output
    return (
      logits,
      savedBackbone.map { Saved(backbone: $0, features: features.shape, pooled: pooled) }
    )
  }

  /// The image's gradient is not computed: the result is empty.
  package func backward(
    _ dy: consuming Tensor, _ saved: consuming Saved, _ pass: BackwardPass
  ) -> Tensor {
    let (savedBackbone, pooled, s) = (saved.backbone, saved.pooled, saved.features)
    _ = consume saved
    let dPooled = classifier.backward(dy, pooled, pass)
    let d = broadcastOverPixels(dPooled, to: s, factor: 1 / Float(s.h * s.w), pass.compute)
    return savedBackbone.backward(consume d, nil, pass)
  }
}
