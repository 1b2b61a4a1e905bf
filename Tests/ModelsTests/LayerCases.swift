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
  /// Of the slope. Whole networks have a kink at every ReLU and normalise over a few pixels, so
  /// that no step is both small against the curvature and large against rounding.
  let tolerance: Double
  var testDescription: String { name }

  init(
    _ name: String, _ layer: any Layer, _ input: Shape, givesInputGradient: Bool = true,
    tolerance: Double = 0.01
  ) {
    (self.name, self.layer, self.input) = (name, layer, input)
    self.givesInputGradient = givesInputGradient
    self.tolerance = tolerance
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
        BasicBlock(
          name: "b", inputChannels: 8, channels: 8, stride: 1, dilation: 2, previousDilation: 1,
          &random), input),
      LayerCase(
        "basic block, projection",
        BasicBlock(
          name: "b", inputChannels: 8, channels: 12, stride: 2, dilation: 1, previousDilation: 1,
          &random), input),
      LayerCase(
        "bottleneck, identity",
        Bottleneck(
          name: "b", inputChannels: 16, channels: 4, stride: 1, dilation: 2, &random),
        input.with(c: 16)),
      LayerCase(
        "bottleneck, projection",
        Bottleneck(name: "b", inputChannels: 8, channels: 4, stride: 2, dilation: 1, &random),
        input),
      LayerCase(
        "ASPP with dropout",
        ASPP(
          name: "a", inputChannels: 8, channels: 8, rates: [1, 2, 6], dropout: 0.5, &random), input),
      LayerCase(
        "classifier", Classifier(name: "c", inputChannels: 8, classes: 5, &random), input),
      LayerCase("dropout", Dropout(rate: 0.3), input),
    ]
    for (name, architecture) in [
      ("resnet18", ResNetArchitecture.resnet18),
      ("small bottleneck ResNet", ResNetArchitecture(bottleneck: true, blocks: [1, 2, 1, 2])),
      (
        "small ResNet with a multi-grid",
        ResNetArchitecture(bottleneck: true, blocks: [2, 1, 1, 3], multiGrid: [1, 2, 4])
      ),
    ] {
      cases.append(
        LayerCase(
          name, ResNet(architecture, width: 1 / 16, prefix: "", &random),
          Shape(n: 2, h: 35, w: 50, c: 3), givesInputGradient: false, tolerance: 0.05))
      cases.append(
        LayerCase(
          "DeepLabV3 on " + name,
          DeepLabV3(architecture, classes: 5, width: 1 / 16, seed: 3),
          Shape(n: 3, h: 35, w: 50, c: 3), givesInputGradient: false, tolerance: 0.05))
      cases.append(
        LayerCase(
          "DeepLab v3+ on " + name,
          SegmentationNetwork.deepLabV3Plus(
            DeepLabV3Plus(architecture, classes: 5, width: 1 / 16, seed: 3)),
          Shape(n: 3, h: 35, w: 50, c: 3), givesInputGradient: false, tolerance: 0.05))
    }
    return cases
  }()
}
