import Foundation
import Models
import Tensors
import TestSupport
import Testing

/// Every backbone, as the registry has it; those of torchvision against
/// `Tests/Fixtures/torch/backbones_fixtures.py`.
@Suite struct BackboneTests {
  private struct Case: Decodable {
    var `case`: String
    var backbone: String
    var classes: Int
    var width: Double
    var input: [Int]
    /// Of all parameters at full width, in PyTorch's order of axes.
    var shapes: [String: [Int]]
  }

  private static let fixture = Result { try Fixture("backbones") }
  private static let cases = Result { try fixture.get().notes("cases", as: [Case].self) }

  private static func referenceCase(_ backbone: Backbone) throws -> Case? {
    try cases.get().first { $0.backbone == backbone.torchvisionName }
  }

  @Test(arguments: Backbone.allCases) func namesAndShapesAtFullWidth(_ backbone: Backbone) throws {
    var random = RandomSource(seed: 1)
    let network = backbone.makeNetwork(BackboneOptions(width: 1, prefix: ""), &random)
    #expect(network.outputChannels == backbone.outputChannels)
    let rule = backbone.widthRule
    let parameter = try #require(network.parameters.first { $0.name == rule.tensor })
    #expect(parameter.value.shape.c == rule.channels)
    guard let c = try Self.referenceCase(backbone) else {
      #expect(backbone.torchvisionName == nil)
      return
    }
    let theirs = c.shapes.filter { !$0.key.hasPrefix("fc.") }
    let ours = network.parameters.map { parameter -> (String, [Int]) in
      let s = parameter.value.shape
      return (parameter.name, s.n * s.h * s.w > 1 ? [s.c, s.w, s.n, s.h] : [s.c])
    }
    #expect(Dictionary(ours) { a, _ in a } == theirs && ours.count == theirs.count)
    #expect(
      network.parameterCount == theirs.values.reduce(0) { $0 + $1.reduce(1, *) })
  }

  /// The counts of torchvision's documentation, less the last layer of 1000 classes.
  @Test(arguments: [
    (Backbone.resnet18, 11_689_512), (.resnet34, 21_797_672), (.resnet50, 25_557_032),
    (.resnet101, 44_549_160),
  ])
  func parameterCountIsTheDocumentedOne(backbone: Backbone, documented: Int) {
    var random = RandomSource(seed: 1)
    let network = backbone.makeNetwork(BackboneOptions(width: 1), &random)
    #expect(network.parameterCount == documented - 1000 * (backbone.outputChannels + 1))
  }

  @Test(arguments: Backbone.allCases) func activationsAreTorchvisions(_ backbone: Backbone) throws {
    guard let c = try Self.referenceCase(backbone) else { return }
    let (fixture, compute) = (try Self.fixture.get(), Compute(threads: 2))
    func check(_ tensor: Tensor, _ name: String) throws {
      let difference = try fixture.difference(tensor, from: "\(c.case)/\(name)")
      #expect(difference.isWithin(1e-5), "\(backbone), \(name): \(difference)")
    }
    let images = filler("\(c.case)/images", Shape(c.input))
    for training in [false, true] {
      var random = RandomSource(seed: 1)
      let network = backbone.makeNetwork(BackboneOptions(width: c.width), &random)
      fillParameters(network.arrays, case: c.case)
      var context = PassContext(training: training, compute: compute)
      let (features, lowLevel, _) = network.forwardWithLowLevel(images, &context)
      try check(features, training ? "features in training" : "features in evaluation")
      let s = images.shape
      func extent(_ stride: Int, _ channels: Int) -> Shape {
        Shape(n: s.n, h: (s.h + stride - 1) / stride, w: (s.w + stride - 1) / stride, c: channels)
      }
      #expect(features.shape == extent(network.outputStride, network.outputChannels))
      #expect(lowLevel.shape == extent(network.lowLevelStride, network.lowLevelChannels))
    }
    try check(logits(backbone, c, images, compute), "logits")
  }

  private func logits(
    _ backbone: Backbone, _ c: Case, _ images: Tensor, _ compute: Compute
  ) -> Tensor {
    var random = RandomSource(seed: 1)
    let network = backbone.makeNetwork(
      BackboneOptions(width: c.width, outputStride: 32), &random)
    let classifier = ImageClassifier(network, classes: c.classes, &random)
    fillParameters(classifier.arrays, case: c.case)
    var context = PassContext(training: false, compute: compute)
    return classifier.forward(images, &context).output
  }

  @Test func namesAreUniqueAndStandForTheirValues() throws {
    let names = Backbone.allCases.map(\.name)
    #expect(Set(names).count == names.count)
    for backbone in Backbone.allCases {
      #expect(Backbone(rawValue: backbone.name) == backbone && "\(backbone)" == backbone.name)
      #expect(try JSONEncoder().encode([backbone]) == Data("[\"\(backbone.name)\"]".utf8))
    }
    #expect(
      try JSONDecoder().decode([Architecture].self, from: Data(#"["deeplabv3plus"]"#.utf8)) == [
        .deeplabv3plus
      ])
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode([Backbone].self, from: Data(#"["resnet"]"#.utf8))
    }
  }

  /// Both architectures train on every backbone.
  @Test(arguments: Architecture.allCases, Backbone.allCases)
  func everyArchitectureStandsOnEveryBackbone(
    _ architecture: Architecture, _ backbone: Backbone
  ) throws {
    let network = architecture.network(on: backbone, classes: 6, width: 1 / 16, seed: 1)
    let classifier = try #require(
      network.parameters.first { $0.name == architecture.classifierTensor })
    #expect(classifier.value.shape.c == 6)
    let names = network.arrays.map(\.name)
    #expect(Set(names).count == names.count)
    let compute = Compute(threads: 2)
    var context = PassContext(training: true, compute: compute)
    let (logits, saved) = network.forward(
      randomTensor(Shape(n: 2, h: 33, w: 40, c: 3), seed: 2), &context)
    #expect(logits.shape == Shape(n: 2, h: 33, w: 40, c: 6))
    _ = network.backward(randomTensor(logits.shape, seed: 3), saved, compute)
    for parameter in network.parameters {
      #expect(parameter.gradient.array.contains { $0 != 0 }, "\(parameter.name)")
    }
  }
}
