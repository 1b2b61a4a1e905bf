import Foundation
import Testing

/// Files that all runs of a folder need: a sweep writes them again, and trains nothing.
@Suite("Damaged files that runs share")
struct SharedFilesTests {
  private let place: Workplace

  init() throws {
    place = try Workplace()
    try #require(try Command.run(place.sweep("--seeds", "1,2"), in: place.url).status == 0)
  }

  private func file(_ folder: String) throws -> URL {
    let names = try FileManager.default.contentsOfDirectory(atPath: place.file(folder).path)
    return place.file("\(folder)/\(try #require(names.first))")
  }

  private func flipBit(_ file: URL) throws {
    var data = try Data(contentsOf: file)
    data[data.count / 2] ^= 1
    try data.write(to: file)
  }

  private func expectRestored(_ file: URL, _ whole: Data, warns: Bool = true) throws {
    let again = try Command.run(place.sweep("--seeds", "1,2"), in: place.url)
    #expect(again.output.contains("0 runs trained, 2 were done before"), "\(again.errors)")
    #expect(again.errors.contains { $0.contains("it is written again") } == warns)
    #expect(try Data(contentsOf: file) == whole)
    #expect(!place.exists("out/damaged"))
    #expect(try Command.run(["verify", "out"], in: place.url).status == 0)
  }

  @Test(arguments: [false, true])
  func listOfImagesIsRestored(isMissing: Bool) throws {
    let file = try file("out/splits")
    let whole = try Data(contentsOf: file)
    if isMissing { unlink(file.path) } else { try flipBit(file) }
    let report = try Command.run(["report", "out"], in: place.url)
    let warnings = report.errors.filter { $0.contains("left out") }
    #expect(warnings.count == 1)
    #expect(
      warnings.first?.contains(file.lastPathComponent) == true
        && warnings.first?.contains("run the sweep again") == true, "\(warnings)")
    let check = try Command.run(["verify", "out"], in: place.url)
    #expect(check.status == 1 && check.output.contains(file.lastPathComponent))
    try expectRestored(file, whole)
  }

  @Test func listOfPackedRunsIsRestored() throws {
    try #require(try Command.run(["results", "pack", "out"], in: place.url).status == 0)
    let file = try file("out/splits")
    let whole = try Data(contentsOf: file)
    try flipBit(file)
    try expectRestored(file, whole)
  }

  /// The weights, which stay in the runs' folders, do not make the runs done.
  @Test func runsOfADamagedPackAreTrainedAgain() throws {
    try #require(try Command.run(["results", "pack", "out"], in: place.url).status == 0)
    let arrays = place.file("out/runs.npz")
    try Data(contentsOf: arrays).dropLast(100).write(to: arrays)
    let report = try Command.run(["report", "out"], in: place.url)
    #expect(report.status == 1)
    #expect(
      report.errors.last
        == "error: out: none of its finished runs can be read; run the sweep again")
    let again = try Command.run(place.sweep("--seeds", "1,2"), in: place.url)
    #expect(again.output.contains("2 runs trained, 0 were done before"), "\(again.errors)")
    #expect(again.errors.filter { $0.contains("set aside as damaged/") }.count == 2)
    #expect(try Command.run(["results", "pack", "out"], in: place.url).status == 0)
    #expect(try Command.run(["verify", "out"], in: place.url).status == 0)
  }

  @Test func otherDataRestoresNothingAndLosesNothing() throws {
    try place.writeLabels("camvid/trainannot/0.png", index: 5)
    try flipBit(file("out/splits"))
    let runs = place.runs()
    let again = try Command.run(place.sweep("--seeds", "1,2"), in: place.url)
    #expect(again.status == 1)
    #expect(again.errors.last?.contains("current data is not what the runs") == true)
    #expect(place.runs() == runs && !place.exists("out/damaged"))
  }

  @Test(arguments: [false, true])
  func listOfCodeIsRestored(isMissing: Bool) throws {
    let file = try file("out/code")
    let whole = try Data(contentsOf: file)
    if isMissing { unlink(file.path) } else { try flipBit(file) }
    try expectRestored(file, whole, warns: !isMissing)
  }

  @Test func planIsNotNeededAndRestored() throws {
    let plan = try Data(contentsOf: place.file("out/sweep.json"))
    try Data("{".utf8).write(to: place.file("out/sweep.json"))
    let report = try Command.run(["report", "out"], in: place.url)
    #expect(report.status == 0 && report.output.contains("2 runs: out/report.html"))
    #expect(
      report.errors.first?.hasPrefix("warning: ") == true
        && report.errors.first?.contains(
          "sweep.json: is damaged: not valid JSON; run the sweep again")
          == true,
      "\(report.errors)")
    #expect(try Command.run(place.sweep("--seeds", "1,2"), in: place.url).status == 0)
    #expect(try Data(contentsOf: place.file("out/sweep.json")) == plan)
  }

  @Test(arguments: ["Copy of ", "backup-"])
  func copyOfARunCountsOnce(prefix: String) throws {
    let name = URL(filePath: place.runs()[0]).lastPathComponent
    try FileManager.default.copyItem(
      at: place.file("out/runs/\(name)"), to: place.file("out/runs/\(prefix)\(name)"))
    let report = try Command.run(["report", "out"], in: place.url)
    #expect(report.output.contains("2 runs: out/report.html"))
    #expect(report.errors.contains { $0.contains("is a copy of the run \(name)") })
    #expect(try Command.run(["verify", "out"], in: place.url).status == 1)
    let pack = try Command.run(["results", "pack", "out"], in: place.url)
    #expect(pack.output.contains("out: 2 runs in runs.jsonl and runs.npz, 2 moved there"))
    #expect(try Command.run(["report", "out"], in: place.url).output.contains("2 runs: "))
  }
}
