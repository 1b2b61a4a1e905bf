import Experiments
import Files
import Foundation
import Testing

/// `sweep --keep`: stored runs without weights are extended, not trained again.
@Suite("Sweeps that are extended")
struct ExtensionTests {
  private let place: Workplace

  init() throws {
    place = try Workplace()
    try place.writeSweep(losses: "[ce, recall]")
  }

  private func run(_ more: String...) throws -> Command.Result {
    try Command.run(place.sweep() + more, in: place.url)
  }

  /// Trains seed 1 and leaves it as a repository has it: packed, without weights.
  private func commit() throws {
    try #require(try run().status == 0)
    let packed = try Command.run(["results", "pack", "out"], in: place.url)
    try #require(packed.status == 0)
    try FileManager.default.removeItem(at: place.file("out/runs"))
  }

  private var plan: [RunConfiguration] {
    get throws { try SweepPlan.load(place.file("out"))?.runs ?? [] }
  }

  private func contents(_ names: String...) throws -> [Data] {
    try names.map { try Data(contentsOf: place.file($0)) }
  }

  @Test func committedSweepIsExtendedByASeed() throws {
    try commit()
    let before = try contents("out/runs.jsonl", "out/runs.npz")
    let listed = try run("--keep", "--seeds", "1,2", "--dry-run").output
    #expect(
      listed.split(separator: "\n").map { $0.prefix(4) } == [
        "kept", "kept", "open", "open", "4 ru",
      ])

    let extended = try run("--keep", "--seeds", "1,2")
    #expect(extended.status == 0, "\(extended.errors)")
    #expect(extended.output.contains("2 runs are kept, 2 to train"))
    #expect(extended.output.contains("2 runs trained, 2 were done before"))
    #expect(place.runs().count == 2 && place.runs().allSatisfy { $0.contains("-s2-") })
    #expect(try contents("out/runs.jsonl", "out/runs.npz") == before)
    #expect(try plan.map(\.seed) == [1, 1, 2, 2])
    #expect(try SweepFolder(place.file("out")).loadAll().count == 4)

    // The seeds of the file alone: nothing is left to train, and nothing is forgotten.
    #expect(try run("--keep").output.contains("0 runs trained, 2 were done before"))
    #expect(try plan.count == 4)
  }

  @Test func committedSweepIsExtendedByALossOfTheFile() throws {
    try commit()
    try place.writeSweep(losses: "[ce, recall, lovasz]")
    #expect(try run("--keep").output.contains("1 run trained, 2 were done before"))
    #expect(try plan.map(\.loss) == ["ce", "recall", "lovasz"])
  }

  @Test func withoutKeepTheyAreTrainedAgain() throws {
    try commit()
    let listed = try run("--dry-run").output
    #expect(listed.hasPrefix("redo"))
    #expect(listed.contains("2 to redo are stored without weights, and --keep would keep them"))
    #expect(try run().output.contains("2 runs trained, 0 were done before"))
  }

  @Test func runInItsOwnFolderIsKept() throws {
    try #require(try run().status == 0)
    let run = try #require(place.runs().first)
    try FileManager.default.removeItem(at: place.file("\(run)/weights.safetensors"))
    let before = try contents("\(run)/run.json")
    let listed = try self.run("--keep", "--dry-run").output
    #expect(listed.split(separator: "\n").map { $0.prefix(4) } == ["kept", "done", "2 ru"])
    #expect(try self.run("--keep").output.contains("0 runs trained, 2 were done before"))
    #expect(try contents("\(run)/run.json") == before)
  }

  @Test func otherSettingsAreNamed() throws {
    try commit()
    let before = try contents("out/sweep.json")
    try place.writeSweep(losses: "[ce]", iterations: 4)
    for more in [[], ["--dry-run"]] {
      let result = try Command.run(place.sweep("--keep") + more, in: place.url)
      #expect(result.status == 1)
      #expect(
        result.errors == [
          "error: out: holds runs with different settings from tiny.yml (training.iterations 3, not 4); "
            + "name another --output, or list both under settings: in the file"
        ])
    }
    #expect(place.runs().isEmpty)
    #expect(try contents("out/sweep.json") == before)
  }

  /// Another network has tables of its own.
  @Test func otherNetworkIsAdded() throws {
    try commit()
    let result = try run("--keep", "--backbones", "resnet34")
    #expect(result.output.contains("2 runs trained, 0 were done before"), "\(result.errors)")
    #expect(try plan.count == 4)
  }

  @Test func otherCodeIsRefusedUnlessAccepted() throws {
    try #require(try run("--losses", "ce").status == 0)
    let url = place.file(place.runs()[0])
    var record = try RunFolder.load(url)
    record.environment.code = String(repeating: "0", count: 64)
    try RunFolder(SweepFolder(place.file("out")), configuration: record.configuration)
      .finish(record)
    let refused = try run("--keep")
    #expect(refused.status == 1 && refused.errors.count == 1)
    #expect(refused.errors.first?.contains("--accept-other-code") == true)
    #expect(try plan.count == 1)
    let accepted = try run("--keep", "--accept-other-code")
    #expect(accepted.output.contains("1 run trained, 1 was done before"), "\(accepted.errors)")
  }

  @Test(arguments: ["train", "trainannot"])
  func otherImagesAreRefused(folder: String) throws {
    try commit()
    switch folder {
    case "train":
      try place.writeImage("camvid/train/9.png", index: 9)
      try place.writeLabels("camvid/trainannot/9.png", index: 9)
    default: try place.writeLabels("camvid/trainannot/1.png", index: 1, id: 3)
    }
    let result = try run("--keep", "--seeds", "2")
    #expect(result.status == 1 && result.errors.count == 1)
    let other = folder == "train" ? "images" : "labels"
    #expect(result.errors.first?.contains("used different training \(other)") == true)
    #expect(place.runs().isEmpty)
    #expect(try plan.count == 2)
  }
}
