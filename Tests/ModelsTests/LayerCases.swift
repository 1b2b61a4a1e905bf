import Models
import Tensors
import TestSupport
import Testing

/// One layer with an input to try it on. The gradient check runs over all of them: a new layer is
/// tested by adding its line here.
struct LayerCase: Sendable, CustomTestStringConvertible {
  let name: String
  let layer: any Layer
  let input: Shape
  /// The layer returns the gradient of its input.
  let givesInputGradient: Bool
  /// A whole network rather than a layer or a block: it has a kink at every ReLU and normalizes over
  /// a few pixels, so that no step is both small against the curvature and large against rounding.
  let isNetwork: Bool
  /// Seed of the input: one for which no ReLU of a block is too near its kink.
  let draw: UInt64
  /// Of the slope.
  var tolerance: Double { isNetwork ? 0.05 : 0.01 }
  var testDescription: String { name }

  init(
    _ name: String, _ layer: any Layer, _ input: Shape, givesInputGradient: Bool = true,
    isNetwork: Bool = false, draw: UInt64 = 21
  ) {
    (self.name, self.layer, self.input) = (name, layer, input)
    self.givesInputGradient = givesInputGradient
    (self.isNetwork, self.draw) = (isNetwork, draw)
  }

  static let all: [LayerCase] = {
    var random = RandomSource(seed: 11)
    let input = Shape(n: 2, h: 5, w: 7, c: 8)
    var cases: [LayerCase] = []
    for (kernel, stride, dilation) in [(1, 1, 1), (3, 1, 1), (3, 2, 1), (3, 1, 2), (1, 2, 1)] {
      for relu in [false, true] {
        cases.append(
          LayerCase(
            "convolution \(kernel)x\(kernel) / \(stride), dilation \(dilation), relu \(relu)",
            ConvolutionUnit(
              convolution: "c", normalization: "n",
              ConvolutionGeometry(
                inputChannels: 8, outputChannels: 12, kernel: kernel, stride: stride,
                dilation: dilation), relu: relu, initialization: .fanIn, &random), input))
      }
    }
    cases += [
      LayerCase(
        "basic block, identity",
        ResidualBlock.basic(
          name: "b", inputChannels: 8, channels: 8, stride: 1, dilation: 2, previousDilation: 1,
          &random), input),
      LayerCase(
        "basic block, projection",
        ResidualBlock.basic(
          name: "b", inputChannels: 8, channels: 12, stride: 2, dilation: 1, previousDilation: 1,
          &random), input),
      LayerCase(
        "bottleneck, identity",
        ResidualBlock.bottleneck(
          name: "b", inputChannels: 16, channels: 4, stride: 1, dilation: 2, &random),
        input.with(c: 16), draw: 45),
      LayerCase(
        "bottleneck, projection",
        ResidualBlock.bottleneck(
          name: "b", inputChannels: 8, channels: 4, stride: 2, dilation: 1, &random),
        input),
      LayerCase(
        "ASPP with dropout",
        ASPP(
          name: "a", inputChannels: 8, channels: 8, rates: [1, 2, 6], dropout: 0.5, &random), input),
      LayerCase(
        "classifier", Classifier(name: "c", inputChannels: 8, classes: 5, &random), input),
      LayerCase("dropout", Dropout(rate: 0.3), input),
    ]
    for (name, backbone) in [
      ("resnet18", Backbone.resnet18),
      ("small bottleneck ResNet", Backbone(.init(bottleneck: true, blocks: [1, 2, 1, 2]))),
      (
        "small ResNet with a multi-grid",
        Backbone(.init(bottleneck: true, blocks: [2, 1, 1, 3], multiGrid: [1, 2, 4]))
      ),
    ] {
      cases.append(
        LayerCase(
          name, backbone.network(width: 1 / 16, &random),
          Shape(n: 2, h: 35, w: 50, c: 3), givesInputGradient: false, isNetwork: true))
      cases.append(
        LayerCase(
          "DeepLabV3 on " + name,
          DeepLabV3(backbone, classes: 5, width: 1 / 16, seed: 3),
          Shape(n: 3, h: 35, w: 50, c: 3), givesInputGradient: false, isNetwork: true))
      cases.append(
        LayerCase(
          "DeepLab v3+ on " + name,
          SegmentationNetwork(
            DeepLabV3Plus(backbone, classes: 5, width: 1 / 16, seed: 3)),
          Shape(n: 3, h: 35, w: 50, c: 3), givesInputGradient: false, isNetwork: true))
    }
    return cases
  }()
}
