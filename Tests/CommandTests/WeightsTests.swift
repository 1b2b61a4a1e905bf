import Checkpoints
import Experiments
import Files
import Foundation
import Testing

/// Weights into training and out of it, by the command. The small sweep's network has a
/// sixteenth of the width, as the files of `Tests/Fixtures/checkpoints` have.
@Suite("Weights, by the command") struct WeightsTests {
  private let place: Workplace

  init() throws { place = try Workplace() }

  private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures/checkpoints").path

  private func problem(_ arguments: [String], status: Int32 = 1) throws -> String {
    let result = try Command.run(arguments, in: place.url)
    #expect(result.status == status)
    if status == 1 { #expect(result.errors.count == 1, "\(result.errors)") }
    return result.errors.first ?? ""
  }

  @Test func trainingBeginsFromTheFileAndSaysSo() throws {
    let file = "\(Self.fixtures)/resnet18.zip.pth"
    let result = try Command.run(place.sweep("--pretrained", "resnet18=\(file)"), in: place.url)
    #expect(result.status == 0, "\(result.errors)")
    #expect(
      result.output.contains(
        "resnet18 for camvid: 100 tensors loaded from resnet18.zip.pth, torch.save (zip), SHA-256 ")
    )
    #expect(
      result.output.contains("\n  found in ['state_dict'], under names that begin with 'module.'\n")
    )
    #expect(result.output.contains("\n  left out, the ImageNet classifier: module.fc.weight"))
    let run = try #require(place.finishedRuns().first)
    let record = try RunFolder.load(place.file(run))
    let digest = try #require(record.configuration.pretrained?.sha256)
    #expect(result.output.contains("SHA-256 \(digest)"))
    #expect(record.environment.pretrainedFile == "resnet18.zip.pth")

    // Three steps at a small learning rate leave the first weights near those of the file.
    let begun = try WeightsFile(Data(contentsOf: URL(filePath: file))).tensors
      .first { $0.name == "module.conv1.weight" }?.values()
    let ended = try RunFolder.loadWeights(place.file(run))
      .first { $0.name == "backbone.conv1.weight" }?.values
    let pairs = zip(try #require(begun), try #require(ended))
    #expect(pairs.allSatisfy { abs($0 - $1) < 0.01 })
    #expect(pairs.contains { $0 != $1 })

    // The pictures need gnuplot, the tables do not.
    _ = try Command.run(["report", "out"], in: place.url)
    let tables = try String(contentsOf: place.file("out/tables.md"), encoding: .utf8)
    #expect(
      tables.contains(
        "pretrained weights from a file (resnet18.zip.pth, SHA-256 \(digest.prefix(12)))"))
    #expect(!tables.contains("initial weights random"))
  }

  @Test func pretrainedRunIsNotTheOneFromRandomWeights() throws {
    #expect(try Command.run(place.sweep(), in: place.url).status == 0)
    let file = "\(Self.fixtures)/resnet18-half.legacy.pth"
    #expect(try Command.run(place.sweep("--pretrained", file), in: place.url).status == 0)
    #expect(place.finishedRuns().count == 2)
  }

  @Test func fileThatDoesNotFitEndsTheSweepBeforeItBegins() throws {
    let wide = try String(contentsOf: place.file("tiny.yml"), encoding: .utf8)
      .replacingOccurrences(of: "width: 0.0625", with: "width: 0.125")
    try Data(wide.utf8).write(to: place.file("tiny.yml"))
    let file = "\(Self.fixtures)/resnet18.zip.pth"
    let line = try problem(place.sweep("--pretrained", file))
    #expect(
      line.contains(
        "conv1.weight has shape [4, 3, 7, 7], but the network's has shape [8, 3, 7, 7]"))
    #expect(line.hasSuffix("; --pretrained-partial leaves such tensors randomly initialized"))
    #expect(place.runs() == [])
  }

  @Test func hostilePickleIsRefusedAndNotRun() throws {
    // torch.load with weights_only=False would run `touch owned`.
    let pickle = "\u{80}\u{2}cposix\nsystem\nX\u{b}\0\0\0touch owned\u{85}R."
    try Data(pickle.unicodeScalars.map { UInt8($0.value) }).write(to: place.file("evil.pth"))
    let line = try problem(place.sweep("--pretrained", "evil.pth"))
    #expect(line.contains("its pickle asks for 'posix.system'"))
    #expect(line.contains("nothing was run"))
    #expect(!place.exists("owned"))
  }

  @Test func fileThatIsNotThereIsNamed() throws {
    #expect(
      try problem(place.sweep("--pretrained", "resnet18=nowhere.pth")).contains(
        "nowhere.pth: does not exist; give the file with --pretrained resnet18=FILE"))
    #expect(
      try problem(place.sweep("--pretrained", "resnet51=x.pth"), status: 64).contains(
        "did you mean 'resnet50'?"))
    #expect(
      try problem(place.sweep("--pretrained", "a.pth", "--pretrained", "b.pth"), status: 64)
        .contains("two files for one backbone"))
  }

  @Test func exportedWeightsGiveWhatTheRunsGive() throws {
    #expect(try Command.run(place.sweep(), in: place.url).status == 0)
    let run = try #require(place.finishedRuns().first)
    let arguments = ["export", "--run", run, "--output", "w.safetensors"]
    #expect(try Command.run(arguments, in: place.url).status == 0)
    let (exported, metadata) = try SafeTensors.decode(Data(contentsOf: place.file("w.safetensors")))
    let stored = try RunFolder.loadWeights(place.file(run))
    #expect(exported.map(\.name) == stored.map(\.name))
    #expect(try exported.map { try $0.values() } == stored.map(\.values))
    #expect(metadata["format"] == "pt")
    #expect(metadata["network"] == "deeplabv3 resnet18, width 0.0625")

    #expect(try problem(arguments).contains("w.safetensors: already exists"))
    #expect(try Command.run(arguments + ["--force"], in: place.url).status == 0)
    #expect(
      try problem(["export", "--run", "camvid", "--output", "v.safetensors"]).contains(
        "camvid: is not the folder of a finished run"))
    #expect(
      try problem(["export", "--run", run, "--output", "w.pth"]).contains(
        "must end in .safetensors"))
    #expect(
      try problem(["export", "--run", run, "--output", "nowhere/w.safetensors"]).contains(
        "nowhere/w.safetensors: cannot write"))
  }

  @Test func forwardReadsAndWritesNumPysFiles() throws {
    let forward = { (more: [String]) in
      try Command.run(
        ["network", "forward", "--backbone", "resnet18", "--output", "y.npy", "--force"] + more,
        in: place.url)
    }
    let weights = ["--weights", "\(Self.fixtures)/deeplabv3.zip.pth"]
    let input = ["--input", "\(Self.fixtures)/input.npy"]
    #expect(try forward(weights + input).status == 0)
    #expect(try NumPy.read(place.file("y.npy"), as: Float.self).shape == [1, 5, 33, 47])
    #expect(try forward(weights + input + ["--features"]).status == 0)
    #expect(try NumPy.read(place.file("y.npy"), as: Float.self).shape == [1, 32, 3, 3])
    let noClassifier = try forward(weights + input + ["--imagenet"])
    #expect(noClassifier.errors.first?.contains("has no tensor fc.weight") == true)
    let flat = try forward(weights + ["--input", "\(Self.fixtures)/resnet18-logits.npy"])
    #expect(flat.errors.first?.contains("has shape [1, 5]; images are [N, 3, H, W]") == true)
    #expect(try forward(["--weights", "tiny.yml"] + input).status == 1)
  }
}
