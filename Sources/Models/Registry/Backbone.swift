import Tensors

/// A backbone: everything there is to say about it, and how its network is built.
package struct Backbone: NamedValue {
  package let name: String
  /// In words, for headings.
  package let title: String
  package let citation: String
  /// Channels of the features at full width.
  package let outputChannels: Int
  /// Which tensor tells the width multiplier of stored weights.
  package let widthRule: WidthRule
  /// Roughly the time of a training step relative to ResNet-18, for estimates before one is measured.
  package let relativeCost: Double
  /// torchvision's name of the model whose weights fit; nil where it has none.
  package let torchvisionName: String?
  /// Whether the paper on the recall loss, or its authors' code, uses it.
  package let isInPaper: Bool
  /// Builds the network with its initial weights.
  package let makeNetwork:
    @Sendable (_ options: BackboneOptions, _ random: inout RandomSource) -> any BackboneNetwork

  /// A new backbone is a file that declares one, and its line here; in the order of tables.
  package static let allCases: [Backbone] = [
    .resnet18, .resnet18Authors, .resnet34, .resnet50, .resnet101,
  ]
}

extension Backbone {
  /// What a message about stored weights that do not fit goes on with.
  package var weightsAdvice: String {
    torchvisionName.map { "; \(name) starts from torchvision's \($0)" }
      ?? "; torchvision has no weights of \(name)"
  }
}

/// What a backbone's network is built for.
package struct BackboneOptions: Sendable {
  /// Channels relative to the published network; 1 is full width.
  package var width: Double
  /// Of the parameters' names.
  package var prefix = "backbone."
  /// 16, or 32 for image classification.
  package var outputStride = 16

  package init(width: Double, prefix: String = "backbone.", outputStride: Int = 16) {
    (self.width, self.prefix, self.outputStride) = (width, prefix, outputStride)
  }
}

/// How the width multiplier of stored weights is read: from the output channels of one tensor.
package struct WidthRule: Hashable, Sendable {
  /// Without the backbone's prefix.
  package let tensor: String
  /// Its output channels at full width.
  package let channels: Int
}

/// Channels under a width multiplier: at least 4, rounded to a multiple of 4.
package func scaledChannels(_ channels: Int, _ width: Double) -> Int {
  max(4, Int((Double(channels) * width / 4).rounded()) * 4)
}
