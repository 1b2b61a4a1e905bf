import Checkpoints
import Experiments
import Files
import Foundation
import Models
import Tensors
import TestSupport
import Testing

/// `Tests/Fixtures/checkpoints`, written by `torch/checkpoints_fixtures.py`.
private func fixture(_ name: String) -> URL {
  URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures/checkpoints/\(name)")
}

private func images() throws -> Tensor {
  let (shape, values) = try NumPy.read(fixture("input.npy"), as: Float.self)
  return Tensor(channelsFirst: values, n: shape[0], c: shape[1], h: shape[2], w: shape[3])
}

/// Small networks of torchvision's, held against its activations.
@Suite("Pretrained weights") struct PretrainedWeightsTests {
  @Test(arguments: [
    ("resnet18.zip.pth", Backbone.resnet18, NetworkOutput.classification, "resnet18-logits"),
    ("resnet18.zip.pth", .resnet18, .features, "resnet18-features"),
    ("resnet18-half.legacy.pth", .resnet18, .classification, "resnet18-half-logits"),
    ("resnet101.safetensors", .resnet101, .classification, "resnet101-logits"),
    ("resnet101.safetensors", .resnet101, .features, "resnet101-features"),
    ("deeplabv3.zip.pth", .resnet18, .segmentation, "deeplabv3-logits"),
  ])
  func outputsAreTorchvisions(
    file: String, backbone: Backbone, output: NetworkOutput, expected: String
  ) throws {
    let result = try PretrainedWeights(contentsOf: fixture(file)).forward(
      images(), backbone: backbone, output: output, compute: Compute())
    let (shape, truth) = try NumPy.read(fixture("\(expected).npy"), as: Float.self)
    let s = result.shape
    #expect((output == .classification ? [s.n, s.c] : [s.n, s.c, s.h, s.w]) == shape)
    let ours = result.channelsFirst
    #expect(relativeError(ours, truth.map(Double.init)) < 1e-5)
    let largest = truth.map(abs).max() ?? 0
    #expect(largest > 0)
    #expect(zip(ours, truth).allSatisfy { abs($0 - $1) <= 1e-4 * largest })
  }

  private func network(width: Double = 1 / 16, classes: Int = 5) -> SegmentationNetwork {
    Architecture.deeplabv3.network(on: .resnet18, classes: classes, width: width, seed: 9)
  }

  @Test func backboneIsLoadedAndTheHeadKeepsItsValues() throws {
    let weights = try PretrainedWeights(contentsOf: fixture("resnet18.zip.pth"))
    let (network, untouched) = (network(), network())
    let report = try weights.load(into: network, partial: false)
    #expect(report.loaded == 100)
    #expect(report.sha256.count == 64 && report.file == "resnet18.zip.pth")
    #expect(
      report.leftOut.map { "\($0.reason): \($0.names.count)" } == [
        "counters that are not needed: 20", "the ImageNet classifier: 2",
      ])
    #expect(report.untouched.allSatisfy { $0.hasPrefix("classifier.") })
    for (mine, before) in zip(network.parameters, untouched.parameters) {
      let isLoaded = mine.name.hasPrefix("backbone.")
      #expect((mine.value.array == before.value.array) != isLoaded, "\(mine.name)")
    }
    let text = report.description
    #expect(text.contains("100 tensors loaded from resnet18.zip.pth, torch.save (zip), SHA-256 "))
    #expect(text.contains("left out, the ImageNet classifier: module.fc.weight, module.fc.bias"))
    #expect(text.contains("randomly initialized: classifier.0.convs.0.0.weight, "))
  }

  /// What the authors' code takes of torchvision's basic blocks into its bottlenecks: by name and
  /// shape. The 3x3 convolutions are the second of a block there.
  @Test func authorsTakeWhatFitsOfBasicBlocks() throws {
    let weights = try PretrainedWeights(contentsOf: fixture("resnet18.zip.pth"))
    let network = Architecture.deeplabv3.network(
      on: .resnet18Authors, classes: 5, width: 1.0 / 16, seed: 9)
    let before = Architecture.deeplabv3.network(
      on: .resnet18Authors, classes: 5, width: 1.0 / 16, seed: 9)
    let report = try weights.load(into: network, partial: true)
    let statistics = ["weight", "bias", "running_mean", "running_var"]
    var taken: Set = ["backbone.conv1.weight"]
    taken.formUnion(statistics.map { "backbone.bn1.\($0)" })
    for stage in 1...4 {
      for block in 0...1 {
        let name = "backbone.layer\(stage).\(block)"
        taken.insert("\(name).conv2.weight")
        for norm in ["bn1", "bn2"] { taken.formUnion(statistics.map { "\(name).\(norm).\($0)" }) }
      }
    }
    let all = network.parameters.map(\.name) + network.buffers.map(\.name)
    #expect(report.loaded == taken.count && taken.count == 77)
    #expect(Set(all).subtracting(report.untouched) == taken)
    #expect(report.untouched.contains("backbone.layer4.2.conv2.weight"))
    #expect(report.untouched.contains("backbone.layer1.0.downsample.0.weight"))
    for (mine, old) in zip(network.parameters, before.parameters) where !taken.contains(mine.name) {
      #expect(mine.value.array == old.value.array, "\(mine.name)")
    }
    #expect(failure { try weights.load(into: network, partial: false) }?.contains("shape") == true)
  }

  @Test func wholeNetworkIsLoadedButTheAuxiliaryHead() throws {
    let weights = try PretrainedWeights(contentsOf: fixture("deeplabv3.zip.pth"))
    let network = network()
    let report = try weights.load(into: network, partial: false)
    #expect(report.untouched == [])
    #expect(report.loaded == network.parameters.count + network.buffers.count)
    #expect(
      report.leftOut.first { $0.reason == "the auxiliary head, which is not used" }?.names == [
        "aux_classifier.4.bias"
      ])
  }

  @Test func shapeThatDoesNotFitIsAnErrorUnlessPartial() throws {
    let backbone = try PretrainedWeights(contentsOf: fixture("resnet18.zip.pth"))
    let path = fixture("resnet18.zip.pth").path
    #expect(
      failure { try backbone.load(into: network(width: 0.25), partial: false, advice: "; so") }
        == "\(path): module.conv1.weight has shape [4, 3, 7, 7], but the network's has shape "
        + "[16, 3, 7, 7]; so"
    )
    #expect(
      failure { try backbone.load(into: network(width: 0.25), partial: true) }
        == "\(path): contains none of the network's tensors")

    let whole = try PretrainedWeights(contentsOf: fixture("deeplabv3.zip.pth"))
    let otherClasses = network(classes: 7)
    #expect(
      failure { try whole.load(into: otherClasses, partial: false) }?.contains(
        "classifier.4.weight has shape [5, 16, 1, 1], but the network's has shape [7, 16, 1, 1]")
        == true)
    let report = try whole.load(into: otherClasses, partial: true)
    #expect(report.untouched == ["classifier.4.weight", "classifier.4.bias"])
    #expect(
      report.leftOut.first { $0.reason == "different shape from the network's" }?.names == [
        "classifier.4.weight", "classifier.4.bias",
      ])
  }

  /// The file that `change` makes of a small network's exported tensors.
  private func changed(
    _ change: (inout [NamedArray]) -> Void
  ) throws -> (TemporaryFolder, PretrainedWeights) {
    let temporary = try TemporaryFolder()
    var arrays = network().stateDict()
    change(&arrays)
    try SafeTensors.write(arrays, metadata: [:], to: temporary.file("w.safetensors"))
    return (temporary, try PretrainedWeights(contentsOf: temporary.file("w.safetensors")))
  }

  @Test func missingTensorIsNamed() throws {
    let (temporary, weights) = try changed { $0.removeAll { $0.name == "backbone.bn1.bias" } }
    withExtendedLifetime(temporary) {}
    let message = failure { try weights.load(into: network(), partial: false) }
    #expect(message?.contains("does not contain the network's backbone.bn1.bias") == true)
    #expect(try weights.load(into: network(), partial: true).untouched == ["backbone.bn1.bias"])
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity])
  func valueThatIsNotFiniteIsNamed(value: Float) throws {
    let (temporary, weights) = try changed { $0[0].values[5] = value }
    withExtendedLifetime(temporary) {}
    #expect(
      failure { try weights.load(into: network(), partial: true) }?.contains(
        "backbone.conv1.weight contains values that are not finite") == true)
  }

  @Test func unknownTensorIsLeftOut() throws {
    let (temporary, weights) = try changed {
      $0.append(NamedArray(name: "decoder.\u{1b}[2J\n", shape: [1], values: [1]))
    }
    withExtendedLifetime(temporary) {}
    let report = try weights.load(into: network(), partial: false)
    #expect(report.leftOut.map(\.reason) == ["unknown to the network"])
    #expect(report.description.hasSuffix("unknown to the network: decoder.?[2J?"))
  }

  @Test func whatIsNoFileOfWeightsIsNamed() throws {
    let temporary = try TemporaryFolder()
    let url = temporary.file("w.pth")
    #expect(failure { _ = try PretrainedWeights(contentsOf: url) } == "\(url.path): does not exist")
    try Data("no weights".utf8).write(to: url)
    #expect(
      failure { _ = try PretrainedWeights(contentsOf: url) }
        == "\(url.path): contains no readable weights: it is neither a torch.save file nor "
        + "safetensors")
  }

  /// PyTorch's names of DeepLabV3, but for its counters and the auxiliary head.
  @Test func namesOfOurWeightsAreTorchvisions() throws {
    let stored = try WeightsFile(Data(contentsOf: fixture("deeplabv3.zip.pth")))
    let theirs = stored.tensors.filter {
      !$0.name.hasSuffix(".num_batches_tracked") && !$0.name.hasPrefix("aux_classifier.")
    }
    let ours = network().stateDict()
    #expect(Set(ours.map(\.name)) == Set(theirs.map(\.name)))
    for array in ours {
      #expect(theirs.first { $0.name == array.name }?.shape == array.shape, "\(array.name)")
    }
  }
}
