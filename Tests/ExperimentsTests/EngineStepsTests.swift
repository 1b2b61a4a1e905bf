import Checkpoints
import Datasets
import Experiments
import Files
import Foundation
import Losses
import Models
import TestSupport
import Testing

/// Twenty steps of every loss, both architectures, and both of the paper's backbones, compared with what
/// PyTorch made of the same weights, batches, and masks: benchmarks/pytorch-parity/parity.py wrote its losses.
@Suite("Training steps as by the PyTorch engine") struct EngineStepsTests {
  /// One run's losses by PyTorch.
  private struct Curve: Decodable {
    var architecture: String
    var backbone: String
    var loss: String
    var losses: [Double]
  }

  private let temporary: TemporaryFolder
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
  private static let file = root.appending(path: "benchmarks/pytorch-parity/steps.yml")
  /// The largest relative difference of a loss.
  private static let bound = 1e-3

  init() throws { temporary = try TemporaryFolder() }

  private func curves() throws -> [Curve] {
    let url = Self.root.appending(path: "Tests/Fixtures/engine/steps.json")
    return try JSONDecoder().decode([Curve].self, from: Data(contentsOf: url))
  }

  /// RecallBench's initial weights of seed 1, with 0.1 as the last scale of every block, as in parity.py.
  private func writeBackbone(_ backbone: Backbone, last: String) throws -> URL {
    let run = RunConfiguration(
      data: exampleConfiguration().data, backbone: backbone, width: 0.125, loss: "ce",
      training: exampleConfiguration().training, seed: 1)
    let tensors = run.makeNetwork(classes: 2).stateDict().filter { $0.name.hasPrefix("backbone.") }
      .map { tensor in
        var tensor = tensor
        if tensor.name.hasSuffix("\(last).weight") {
          tensor.values = tensor.values.map { $0 * 0.1 }
        }
        return tensor
      }
    let url = temporary.file("\(backbone.rawValue).safetensors")
    try AtomicFile.write(try SafeTensors.encode(tensors, metadata: [:]), to: url)
    return url
  }

  private func execution(_ backbone: Backbone, last: String) throws -> SweepExecution {
    var sweep = try Sweep(contentsOf: Self.file)
    var selection = SweepOverrides()
    selection.backbones = [backbone]
    selection.pretrained = [backbone: try writeBackbone(backbone, last: last)]
    try sweep.apply(selection)
    sweep.jobs = 2
    return SweepExecution(
      sweep: sweep, output: temporary.file("out"), threads: 2, addsToPlan: false,
      data: DataFolders(paths: [:], cache: temporary.file("cache")),
      checkpointEverySeconds: .infinity)
  }

  @Test func everyLossOfTheRegistryIsCompared() throws {
    let compared = Set(try Sweep(contentsOf: Self.file).losses.map { $0.prefix { $0 != "(" } })
    for name in LossRegistry.all.map(\.name) { #expect(compared.contains(name[...]), "\(name)") }
  }

  @Test(arguments: [(Backbone.resnet18, "bn2"), (.resnet101, "bn3")])
  func everyLossTrainsAsByPyTorch(backbone: Backbone, last: String) throws {
    let execution = try execution(backbone, last: last)
    #expect(try execution.run { false }.failures.isEmpty)
    let expected = try curves().filter { $0.backbone == backbone.rawValue }
    let records = try SweepFolder(execution.output).loadAll()
    #expect(records.count == 70 && expected.count == 70)
    for curve in expected {
      let record = try #require(
        records.first {
          $0.configuration.loss == curve.loss
            && ($0.configuration.architecture ?? .deeplabv3).rawValue == curve.architecture
        })
      let losses = record.history.map(\.loss)
      #expect(losses.count == 20 && curve.losses.count == 20)
      let largest = zip(losses, curve.losses).map { abs($0 - $1) / abs($1) }.max() ?? .infinity
      #expect(largest <= Self.bound, "\(record.configuration.label)")
    }
  }
}
