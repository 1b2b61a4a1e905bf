import Tensors

/// An architecture of segmentation networks: what stands behind a backbone.
package struct Architecture: NamedValue {
  package let name: String
  /// In words, for headings.
  package let title: String
  package let citation: String
  /// The last convolution's weights, whose output channels are the classes.
  package let classifierTensor: String
  /// Builds the network on a backbone that draws its initial weights first.
  let makeNetwork:
    @Sendable (
      _ backbone: any BackboneNetwork, _ classes: Int, _ width: Double,
      _ random: inout RandomSource
    ) -> SegmentationNetwork

  /// A new architecture is a file that declares one, and its line here; in the order of tables.
  package static let allCases: [Architecture] = [.deeplabv3, .deeplabv3plus]
}

extension Architecture {
  /// The network with its initial weights.
  ///
  /// - Parameters:
  ///   - width: channels relative to the published network; 1 is full width.
  ///   - seed: of the initial weights.
  package func network(
    on backbone: Backbone, classes: Int, width: Double = 1, seed: UInt64
  ) -> SegmentationNetwork {
    var random = RandomSource(seed: seed, purpose: "initial weights")
    let extractor = backbone.makeNetwork(BackboneOptions(width: width), &random)
    return makeNetwork(extractor, classes, width, &random)
  }
}
