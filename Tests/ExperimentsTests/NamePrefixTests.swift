import Checkpoints
import Experiments
import Files
import Foundation
import Models
import TestSupport
import Testing

/// Weights under the names that other programs give them.
@Suite("Prefixes of names in files of weights")
struct NamePrefixTests {
  private let temporary: TemporaryFolder
  private let network = Architecture.deeplabv3.network(
    on: .resnet18, classes: 5, width: 1 / 16, seed: 1)

  init() throws { temporary = try TemporaryFolder() }

  /// The report on a file of the network's tensors under other names; nil leaves one out.
  private func report(
    _ rename: (String) -> String?, extra: [String] = []
  ) throws -> PretrainedReport {
    let url = temporary.file("w.safetensors")
    var arrays = network.stateDict().compactMap { array in
      rename(array.name).map { NamedArray(name: $0, shape: array.shape, values: array.values) }
    }
    arrays += extra.map { NamedArray(name: $0, shape: [1], values: [0]) }
    try SafeTensors.write(arrays, metadata: [:], to: url)
    return try PretrainedWeights(contentsOf: url).load(into: network, partial: false)
  }

  private func backbone(_ name: String) -> String? {
    name.hasPrefix("backbone.") ? String(name.dropFirst("backbone.".count)) : nil
  }

  private var backboneCount: Int { network.stateDict().count { backbone($0.name) != nil } }

  @Test(arguments: [
    "", "module.", "encoder.", "model.", "backbone.", "module.encoder.", "a.b.c.d.",
  ])
  func backboneIsFound(prefix: String) throws {
    let report = try report { backbone($0).map { prefix + $0 } }
    #expect(report.loaded == backboneCount)
    #expect(report.leftOut.isEmpty)
    #expect(report.untouched.allSatisfy { $0.hasPrefix("classifier.") })
  }

  @Test(arguments: ["", "module.", "model.", "net.module."])
  func wholeNetworkIsFound(prefix: String) throws {
    let report = try report { prefix + $0 }
    #expect(report.loaded == network.stateDict().count && report.untouched.isEmpty)
  }

  @Test func otherPartsAreLeftOut() throws {
    let report = try report(
      { backbone($0).map { "encoder." + $0 } }, extra: ["decoder.conv1.weight", "criterion.weight"])
    #expect(report.loaded == backboneCount)
    #expect(
      report.leftOut.flatMap(\.names).sorted() == ["criterion.weight", "decoder.conv1.weight"])
  }

  /// The report on a file of the network's backbone once for each prefix, times a number.
  private func report(copies: [(prefix: String, factor: Float)]) throws -> PretrainedReport {
    let url = temporary.file("w.safetensors")
    let arrays = copies.flatMap { prefix, factor in
      network.stateDict().compactMap { array in
        backbone(array.name).map {
          NamedArray(
            name: prefix + $0, shape: array.shape, values: array.values.map { $0 * factor })
        }
      }
    }
    try SafeTensors.write(arrays, metadata: [:], to: url)
    return try PretrainedWeights(contentsOf: url).load(into: network, partial: false)
  }

  @Test(arguments: [
    ("module.encoder_q.", "module.encoder_k."), ("teacher.", "student."),
    ("student.backbone.", "teacher.backbone."), ("rgb.", "depth."), ("a.ema.", "b.ema."),
  ])
  func twoNetworksAreRefused(first: String, second: String) {
    let problem = failure { _ = try report(copies: [(first, 1), (second, 2)]) } ?? ""
    #expect(problem.contains("contains more than one network that fits: names begin with '"))
    let (shown, other) = (
      first.replacing("backbone.", with: ""), second.replacing("backbone.", with: "")
    )
    #expect(problem.contains("names begin with '\(shown)' and with '\(other)'; "), "\(problem)")
    #expect(
      problem.contains(
        "save the one that you want: from safetensors.torch import load_file, save_file; w = "
          + "load_file('w.safetensors'); save_file({k: v for k, v in w.items() if k.startswith('\(shown)')"
      ))
  }

  @Test func copiesWithTheSameNumbersAreNoChoice() throws {
    let report = try report(copies: [("encoder_q.", 1), ("encoder_k.", 1)])
    #expect(report.loaded == backboneCount)
    #expect(report.leftOut.map(\.reason) == ["another copy of the network"])
  }

  /// An average over training is not what a script loads by default.
  @Test(arguments: ["model_ema.", "ema.", "ema_model.module.", "aa_ema."])
  func averageIsLeftOut(average: String) throws {
    let report = try report(copies: [(average, 2), ("model.", 1)])
    #expect(report.loaded == backboneCount)
    #expect(report.place == "under names that begin with 'model.'")
    #expect(report.leftOut.flatMap(\.names).allSatisfy { $0.hasPrefix(average) })
    #expect(report.lines[1] == "  found under names that begin with 'model.'")
  }

  @Test func averageAloneIsLoaded() throws {
    #expect(try report(copies: [("model_ema.", 1)]).loaded == backboneCount)
  }

  @Test func namesOfAnotherNetworkAreShown() throws {
    let problem = failure { _ = try report { _ in nil } }
    #expect(problem != nil)
    let other = failure { _ = try report({ _ in nil }, extra: ["stem.0.kernel", "stem.1.kernel"]) }
    #expect(
      other?.hasSuffix(
        "contains none of the network's tensors; its names begin with stem.0.kernel, stem.1.kernel, "
          + "those of the network with backbone.conv1.weight") == true, "\(other ?? "")")
  }

  @Test(.timeLimit(.minutes(1))) func nameOfAMillionDotsIsReadAtOnce() {
    let dots = String(repeating: ".", count: 1_000_000)
    #expect(failure { _ = try report({ _ in nil }, extra: [dots, "a"]) } != nil)
    #expect(failure { _ = try report({ $0 }, extra: [dots + "conv1.weight"]) } == nil)
  }
}
