import Datasets
import Experiments
import Files
import Foundation
import Models
import TestSupport
import Testing

@Suite("Pretrained weights in sweeps") struct PretrainedSweepTests {
  private static let yaml = SweepFileTests.text.replacingOccurrences(
    of: "network: {width: 0.25}",
    with: "network: {width: 0.25, pretrained: {resnet18: w/a.pth}, pretrained_partial: true}")

  private func selection(_ files: [Backbone?: URL] = [:]) -> SweepOverrides {
    var selection = SweepOverrides()
    selection.paths = [.cityscapes: URL(filePath: "/data")]
    selection.pretrained = files
    return selection
  }

  @Test func pathsAreRelativeToTheSweepFile() throws {
    let sweep = try Sweep(yaml: Self.yaml, file: "/some/where/t.yml")
    #expect(sweep.pretrainedPaths.mapValues(\.path) == [.resnet18: "/some/where/w/a.pth"])
    #expect(sweep.pretrainedPartial)
    #expect(sweep.runs.allSatisfy { $0.pretrained == nil })
  }

  @Test(arguments: [
    (
      "pretrained: {resnet18: w/a.pth}", "pretrained: w/a.pth",
      "t.yml:5:36: network.pretrained must be a mapping of resnet18, resnet18_authors, resnet34, resnet50, resnet101, "
        + "not 'w/a.pth'"
    ),
    (
      "pretrained: {resnet18: w/a.pth}", "pretrained: {resnet19: w/a.pth}",
      "t.yml:5:37: unknown key 'resnet19' in network.pretrained; did you mean 'resnet18'? "
        + "allowed: resnet18, resnet18_authors, resnet34, resnet50, resnet101"
    ),
    (
      "partial: true", "partial: maybe",
      "t.yml:5:77: network.pretrained_partial must be true or false, not 'maybe'"
    ),
  ])
  func mistakeIsNamedWithItsPlace(original: String, replacement: String, message: String) {
    let yaml = Self.yaml.replacingOccurrences(of: original, with: replacement)
    #expect(yaml != Self.yaml)
    #expect(failure { _ = try Sweep(yaml: yaml, file: "t.yml") } == message)
  }

  @Test func runsKnowTheFileByItsDigest() throws {
    let temporary = try TemporaryFolder()
    let url = temporary.file("a.pth")
    try Data("abc".utf8).write(to: url)
    let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    var sweep = try Sweep(yaml: SweepFileTests.text, file: "t.yml")
    let without = sweep.runs
    try sweep.apply(selection([.resnet18: url]))
    #expect(
      sweep.runs.allSatisfy { $0.pretrained == Pretraining(sha256: digest, partial: false) })
    // The same file elsewhere is the same run; other contents are another.
    #expect(try without[0].digest != sweep.runs[0].digest)
    let moved = temporary.file("b.pth")
    try Data("abc".utf8).write(to: moved)
    var again = try Sweep(yaml: SweepFileTests.text, file: "t.yml")
    try again.apply(selection([nil: moved]))
    #expect(again.runs == sweep.runs)
    var partial = selection([nil: moved])
    partial.pretrainedPartial = true
    try again.apply(partial)
    #expect(again.runs.allSatisfy { $0.pretrained?.partial == true })
  }

  @Test func fileThatIsNotThereIsNamed() throws {
    var sweep = try Sweep(yaml: SweepFileTests.text, file: "t.yml")
    #expect(
      failure { try sweep.apply(selection([.resnet18: URL(filePath: "/nowhere/a.pth")])) }
        == "pretrained weights of resnet18: /nowhere/a.pth: does not exist; give the file with "
        + "--pretrained resnet18=FILE")
  }

  @Test func fileMustBeOfABackboneOfTheSweep() throws {
    var sweep = try Sweep(yaml: SweepFileTests.text, file: "t.yml")
    let url = URL(filePath: "/nowhere/a.pth")
    #expect(
      failure { try sweep.apply(selection([.resnet101: url])) }
        == "t.yml: has no backbone resnet101, which --pretrained names")
    var both = selection([nil: url])
    both.backbones = [.resnet18, .resnet101]
    #expect(
      failure { try sweep.apply(both) }?.hasPrefix(
        "name the backbone of the weights: --pretrained resnet18=") == true)
    var alone = selection()
    alone.pretrainedPartial = true
    #expect(
      failure { try sweep.apply(alone) }
        == "--pretrained-partial needs --pretrained with a weights file")
  }

  /// Old runs keep their names: what is not pretrained says nothing of it.
  @Test func configurationWithoutPretrainingIsAsBefore() throws {
    var configuration = exampleConfiguration()
    let before = String(decoding: try CanonicalJSON.encode(configuration), as: UTF8.self)
    #expect(!before.contains("pretrained"))
    configuration.pretrained = Pretraining(sha256: "ab", partial: true)
    let after = String(decoding: try CanonicalJSON.encode(configuration), as: UTF8.self)
    #expect(after.contains(#""pretrained":{"partial":true,"sha256":"ab"}"#))
    #expect(
      try CanonicalJSON.decode(
        RunConfiguration.self, from: Data(after.utf8), of: URL(filePath: "/x")) == configuration)
  }

  /// Of runs made before there were pretrained weights.
  @Test func environmentWithoutFileNameIsRead() throws {
    let text = String(decoding: try CanonicalJSON.encode(exampleEnvironment), as: UTF8.self)
    #expect(!text.contains("pretrainedFile"))
    let read = try CanonicalJSON.decode(
      RunEnvironment.self, from: Data(text.utf8), of: URL(filePath: "/x"))
    #expect(read == exampleEnvironment)
  }

  @Test func exportOfWhatIsNoRunIsRefused() throws {
    let temporary = try TemporaryFolder()
    let folder = try RunFolder(SweepFolder(temporary.url), configuration: exampleConfiguration())
    let target = temporary.file("w.safetensors")
    #expect(
      failure {
        _ = try exportWeights(
          of: temporary.url, to: OutputFile(target.path, replacesExisting: true))
      }
        == "\(temporary.url.path): is not the folder of a finished run (it has no run.json)")
    try storeExample(folder)
    #expect(
      try exportWeights(of: folder.url, to: OutputFile(target.path, replacesExisting: true)) == 1)
    #expect(try Data(contentsOf: target).count > 8)
    try FileManager.default.removeItem(at: folder.file("weights.safetensors"))
    #expect(
      failure {
        _ = try exportWeights(of: folder.url, to: OutputFile(target.path, replacesExisting: true))
      }?.contains(
        "weights.safetensors: is missing; weights are not part of the repository") == true)
  }
}
