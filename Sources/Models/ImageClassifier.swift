import Tensors

/// The ResNet of image classification (He et al. 2016): output stride 32, the mean over all
/// pixels, and a fully connected layer. Pretrained weights are compared with PyTorch's on it.
package struct ImageClassifier: Layer {
  package struct Saved {
    let backbone: ResNet.Saved
    let features: Shape
    let pooled: Tensor
  }
  let backbone: ResNet
  let classifier: Classifier

  /// The backbone's names are those in `DeepLabV3`; the last layer is `backbone.fc`.
  package init(_ architecture: ResNetArchitecture, classes: Int, width: Double, seed: UInt64) {
    var random = RandomSource(seed: seed, purpose: "initial weights")
    backbone = ResNet(
      architecture, width: width, prefix: "backbone.", outputStride: 32, &random)
    classifier = Classifier(
      name: "backbone.fc", inputChannels: backbone.outputChannels, classes: classes, &random)
  }

  package var parameters: [Parameter] { backbone.parameters + classifier.parameters }
  package var state: [StateArray] { backbone.state }

  /// Images [N, H, W, 3], normalised, to logits [N, 1, 1, classes].
  package func forward(
    _ x: Tensor, _ context: inout PassContext
  ) -> (output: Tensor, saved: Saved?) {
    let (features, savedBackbone) = backbone.forward(x, &context)
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
    return backbone.backward(consume d, consume savedBackbone, pass)
  }
}
