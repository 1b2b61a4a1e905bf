import Models
import Tensors

/// Networks on ResNets whose parts tests can see, with the weights that `Architecture` gives them.
extension ResNet {
  init(_ layout: Layout, width: Double, prefix: String = "backbone.", _ random: inout RandomSource)
  {
    self.init(layout, BackboneOptions(width: width, prefix: prefix), &random)
  }

  init(
    _ backbone: Backbone, width: Double, prefix: String = "backbone.",
    _ random: inout RandomSource
  ) {
    let network = backbone.makeNetwork(BackboneOptions(width: width, prefix: prefix), &random)
    guard let resNet = network as? ResNet else { preconditionFailure("\(backbone) is a ResNet") }
    self = resNet
  }
}

extension DeepLabV3 {
  init(_ layout: ResNet.Layout, classes: Int, width: Double, seed: UInt64) {
    var random = RandomSource(seed: seed, purpose: "initial weights")
    self.init(ResNet(layout, width: width, &random), classes: classes, width: width, &random)
  }

  init(_ backbone: Backbone, classes: Int, width: Double = 1, seed: UInt64) {
    var random = RandomSource(seed: seed, purpose: "initial weights")
    self.init(ResNet(backbone, width: width, &random), classes: classes, width: width, &random)
  }
}

extension DeepLabV3Plus {
  init(_ layout: ResNet.Layout, classes: Int, width: Double, seed: UInt64) {
    var random = RandomSource(seed: seed, purpose: "initial weights")
    self.init(ResNet(layout, width: width, &random), classes: classes, width: width, &random)
  }

  init(_ backbone: Backbone, classes: Int, width: Double = 1, seed: UInt64) {
    var random = RandomSource(seed: seed, purpose: "initial weights")
    self.init(ResNet(backbone, width: width, &random), classes: classes, width: width, &random)
  }
}
