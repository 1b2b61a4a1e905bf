import Models
import Tensors

/// Networks whose parts tests can see, with the weights that `Architecture` gives them.
extension DeepLabV3 {
  init(_ backbone: Backbone, classes: Int, width: Double = 1, seed: UInt64) {
    var random = RandomSource(seed: seed, purpose: "initial weights")
    let network = backbone.makeNetwork(BackboneOptions(width: width), &random)
    self.init(network, classes: classes, width: width, &random)
  }
}

extension DeepLabV3Plus {
  init(_ backbone: Backbone, classes: Int, width: Double = 1, seed: UInt64) {
    var random = RandomSource(seed: seed, purpose: "initial weights")
    let network = backbone.makeNetwork(BackboneOptions(width: width), &random)
    self.init(network, classes: classes, width: width, &random)
  }
}

extension Backbone {
  /// One that is in no registry.
  init(_ layout: ResNet.Layout) { self.init(name: "test", title: "a ResNet", layout) }

  func network(
    width: Double, prefix: String = "", _ random: inout RandomSource
  ) -> any BackboneNetwork {
    makeNetwork(BackboneOptions(width: width, prefix: prefix), &random)
  }
}
