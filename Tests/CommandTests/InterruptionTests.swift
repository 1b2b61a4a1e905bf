import Foundation
import Testing

@Suite("Interrupted sweeps, by the command")
struct InterruptionTests {
  private let place: Workplace

  init() throws { place = try Workplace() }

  private var hasCheckpoint: Bool {
    place.runs().contains { place.exists("\($0)/checkpoint.safetensors") }
  }

  @Test(arguments: [SIGINT, SIGTERM, SIGHUP, SIGUSR1])
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

  /// Slurm sends SIGTERM to every process of a job, and the job's script passes a request on as well.
  @Test func repeatedSIGTERMLeavesTheTimeToSave() throws {
    try place.writeSweep(iterations: 1_000_000)
    let command = try Command(place.sweep("--checkpoint-every", "1000000"), in: place.url)
    #expect(command.wait { place.runs().contains { place.exists("\($0)/config.json") } })
    for signal in [SIGTERM, SIGUSR1, SIGTERM] {
      kill(command.process.processIdentifier, signal)
      usleep(500)
    }
    #expect(try command.finish().status == 130)
    #expect(hasCheckpoint)
  }

  /// A second sweep waits for the run of the first and goes on with it when that one is killed.
  @Test func secondSweepTakesOverFromAKilledOne() throws {
    try place.writeSweep(iterations: 40)
    let calm = ["sweep", "tiny.yml", "--camvid", "camvid", "--output", "calm", "--threads", "1"]
    #expect(try Command.run(calm, in: place.url).status == 0)
    try place.writeSweep(iterations: 40)
    let arguments = place.sweep("--threads", "1", "--checkpoint-every", "0")
    let first = try Command(arguments, in: place.url)
    #expect(first.wait { hasCheckpoint })
    kill(first.process.processIdentifier, SIGSTOP)
    let second = try Command(arguments, in: place.url)
    #expect(second.wait { second.text.contains("other processes train the last 1 run") })
    let status = try Command.run(["status", "out"], in: place.url)
    #expect(status.output.contains("process \(first.process.processIdentifier) on "))
    #expect(status.output.contains(": 1 run: 1 running"))
    kill(first.process.processIdentifier, SIGKILL)
    let result = try second.finish()
    #expect(result.status == 0 && result.errors == [])
    #expect(result.output.contains("1 run trained, 0 were done before"))
    _ = try first.finish()
    for run in place.runs() {
      let twin = run.replacingOccurrences(of: "out/", with: "calm/")
      let bytes = try Data(contentsOf: place.file("\(run)/arrays.npz"))
      #expect(try bytes == Data(contentsOf: place.file("\(twin)/arrays.npz")))
    }
    #expect(!place.exists("out/.claims"))
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
