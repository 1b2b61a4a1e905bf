import Foundation
import Testing

@Suite("Interrupted sweeps, by the command")
struct InterruptionTests {
  private let place: Workplace

  init() throws { place = try Workplace() }

  private var hasCheckpoint: Bool {
    place.runs().contains { place.exists("\($0)/checkpoint.safetensors") }
  }

  @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
  func signalSavesACheckpointAndSaysHowToGoOn(signal: Int32) throws {
    try place.writeSweep(iterations: 1_000_000)
    let command = try Command(place.sweep("--checkpoint-every", "1000000"), in: place.url)
    #expect(command.wait { place.runs().contains { place.exists("\($0)/config.json") } })
    kill(command.process.processIdentifier, signal)
    let result = try command.finish()
    #expect(result.status == 130)
    #expect(result.errors == ["interrupted; rerun the same command to resume"])
    #expect(hasCheckpoint)
    #expect(place.finishedRuns() == [])
  }

  @Test func secondSweepInOneFolderIsTurnedAway() throws {
    try place.writeSweep(iterations: 1_000_000)
    let first = try Command(place.sweep(), in: place.url)
    #expect(first.wait { !place.runs().isEmpty })
    let second = try Command.run(place.sweep(), in: place.url)
    #expect(second.status == 1)
    #expect(second.errors.count == 1)
    let expected = "another sweep is running here (process \(first.process.processIdentifier))"
    #expect(second.errors.first?.contains(expected) == true)
    #expect(first.process.isRunning)
    kill(first.process.processIdentifier, SIGINT)
    #expect(try first.finish().status == 130)
  }

  /// Bytes and time of change of every file of a run.
  private func contents(_ run: String) throws -> [String: [AnyHashable]] {
    var contents: [String: [AnyHashable]] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: place.file(run).path) {
      let file = place.file(run).appending(path: name)
      let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
      if attributes[.type] as? FileAttributeType == .typeDirectory { continue }
      let changed = try #require(attributes[.modificationDate] as? Date)
      contents[name] = [changed, try Data(contentsOf: file)]
    }
    return contents
  }

  @Test(arguments: ["last", "best"])
  func killedSweepEndsWithTheBitsOfAnUndisturbedOne(checkpoint: String) throws {
    // Weights from the validation split, and a loss with memory, which has to be restored too.
    try place.writeSweep(
      losses: "[weighted_ce.published, \"recall(momentum: 0.5) + ce\", ohem]", iterations: 12,
      checkpoint: checkpoint)
    let calm = ["sweep", "tiny.yml", "--camvid", "camvid", "--output", "calm", "--threads", "2"]
    #expect(try Command.run(calm, in: place.url).status == 0)
    #expect(place.finishedRuns("calm").count == 3)

    let arguments = place.sweep("--threads", "1", "--checkpoint-every", "0")
    let command = try Command(arguments, in: place.url)
    let isMidway = command.wait {
      place.finishedRuns().count == 1
        && place.runs().contains {
          !place.exists("\($0)/run.json") && place.exists("\($0)/checkpoint.safetensors")
        }
    }
    kill(command.process.processIdentifier, SIGKILL)
    #expect(isMidway)
    #expect(try command.finish().status == 128 + SIGKILL)
    let finished = place.finishedRuns()
    #expect(finished.count == 1)
    #expect(hasCheckpoint)
    let before = try finished.map(contents)

    let again = try Command.run(arguments, in: place.url)
    #expect(again.status == 0)
    #expect(again.errors == [])
    #expect(try finished.map(contents) == before)
    #expect(place.finishedRuns().count == 3)
    #expect(!hasCheckpoint)
    for run in place.runs() {
      let twin = run.replacingOccurrences(of: "out/", with: "calm/")
      for name in ["arrays.npz", "weights.safetensors"] {
        let bytes = try Data(contentsOf: place.file("\(run)/\(name)"))
        #expect(try bytes == Data(contentsOf: place.file("\(twin)/\(name)")), "\(run)/\(name)")
      }
      var (mine, other) = (try place.manifest(run), try place.manifest(twin))
      // What may differ: seconds, and the number of threads; and with them the seal.
      for key in ["environment", "seal"] { (mine[key], other[key]) = (nil, nil) }
      #expect(mine.keys.count >= 5 && NSDictionary(dictionary: mine).isEqual(to: other), "\(run)")
    }
  }

  @Test func finishedSweepIsNotTrainedAgain() throws {
    #expect(try Command.run(place.sweep(), in: place.url).status == 0)
    let before = try place.runs().map(contents)
    let again = try Command.run(place.sweep(), in: place.url)
    #expect(again.output.contains("0 runs trained, 1 was done before"))
    #expect(try place.runs().map(contents) == before)
  }
}
