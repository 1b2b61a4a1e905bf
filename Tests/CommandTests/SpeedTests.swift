import Experiments
import Foundation
import TestSupport
import Testing

/// The measuring instruments of benchmarks/speed, at sizes that take no time.
@Suite("recallbench-speed")
struct SpeedTests {
  private static let executable = Command.executable.deletingLastPathComponent()
    .appending(path: "recallbench-speed")

  /// - Parameter requests: handed over on standard input.
  private static func run(_ arguments: [String], requests: [String] = []) throws -> [String] {
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let text = requests.map { $0 + "\n" }.joined()
    try input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
    try input.fileHandleForWriting.close()
    let answer = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return String(decoding: answer, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  private static func numbers(_ line: String) -> [Double] {
    line.split(separator: " ").dropFirst().compactMap { Double($0) }
  }

  /// The operations that PyTorch's own counter (`torch.utils.flop_counter`) finds in a forward
  /// pass of one image, so that the layers are those of the network, at their extents.
  @Test func countsTheOperationsThatPyTorchCounts() throws {
    let lines = try Self.run([
      "layers", "--list", "--batch", "8", "--rows", "96", "--columns", "192",
    ])
    let totals = lines.filter { $0.hasPrefix("an image") }
      .map { $0.split(separator: " ").suffix(2).joined(separator: " ") }
    #expect(totals == ["28 2.900", "112 9.535"])
    let odd = try Self.run([
      "layers", "--list", "--rows", "97", "--columns", "65", "--width", "0.25",
    ])
    #expect(odd.filter { $0.hasPrefix("an image") }.count == 2)
  }

  @Test func stepsAreDeterministicAndAllocateNothingInTheSteadyState() throws {
    let warmup = 30
    let measured = 9
    let steps =
      Array(repeating: "step", count: warmup)
      + Array(repeating: ["step", "allocated"], count: measured).flatMap(\.self)
      + ["rss", "faults"]
    let train = "train resnet18 0.0625 2 33 47"
    let shared = try Self.run(["serve"], requests: ["\(train) 2"] + steps)
    let alone = try Self.run(["serve"], requests: ["\(train) 1"] + steps)
    for answers in [shared, alone] {
      #expect(answers.count == steps.count + 1 && answers.allSatisfy { $0.hasPrefix("ok") })
    }
    let losses = Self.answers(shared, to: "step", in: steps).map { $0[1] }
    #expect(losses.count == warmup + measured && losses[5] < losses[0])
    #expect(Self.answers(alone, to: "step", in: steps).map { $0[1] } == losses)
    #expect(Self.answers(shared, to: "rss", in: steps)[0][0] > 1e6)
    let heldAlone = Self.answers(alone, to: "allocated", in: steps).map { $0[0] }
    #expect(heldAlone[0] > 0 && Set(heldAlone).count == 1)
    // A second thread takes memory of its own with the first work of each kind that it happens to
    // get, on a busy machine after the warm-up, too; a step that allocates would do so every time.
    let held = Self.answers(shared, to: "allocated", in: steps).map { $0[0] }
    let steady = zip(held, held.dropFirst()).count { $0 == $1 }
    #expect(held.count == measured && steady * 2 >= measured)
  }

  /// The numbers in the answers to each `request`; the first answer is to the request before `steps`.
  private static func answers(_ all: [String], to request: String, in steps: [String]) -> [[Double]]
  {
    zip(steps, all.dropFirst()).filter { $0.0 == request }.map { numbers($0.1) }
  }

  /// Parameters as PyTorch counts those of Tests/Fixtures/torch/reference_model.py, with 19 classes.
  @Test(
    arguments: [
      ("resnet18", 63751), ("deeplabv3 resnet50", 159_015), ("deeplabv3plus resnet18", 66687),
      ("deeplabv3plus resnet50", 161_999),
    ])
  func servesTheNetworksThatPyTorchHas(network: String, parameters: Int) throws {
    let answers = try Self.run(
      ["serve"],
      requests: [
        "train \(network) 0.0625 2 33 47 1", "parameters", "steps 0.001",
        "evaluation \(network) 0.0625 2 33 47 1", "parameters", "pass",
      ])
    #expect(answers.count == 6 && answers.allSatisfy { $0.hasPrefix("ok") })
    #expect(answers[1] == "ok \(parameters)" && answers[4] == answers[1])
    let steps = Self.numbers(answers[2])
    #expect(steps.count == 3 && steps[0] >= 1 && steps[1] >= 0.001)
  }

  /// What tells kinds of machine and build apart.
  @Test func describesTheBuild() throws {
    let answer = try #require(try Self.run(["serve"], requests: ["environment"]).first)
    let json = try JSONSerialization.jsonObject(with: Data(answer.dropFirst("ok ".count).utf8))
    let environment = try #require(json as? [String: Any])
    #expect(environment["lanes"] as? Int == RunEnvironment.current(threads: 1).lanes)
    #expect(environment["cpu"] is String && environment["blas"] is String)
  }

  /// Kinds of machine, goals, and the committed tables: `Tests/Python/test_peer.py`.
  @Test(.enabled(if: python != nil, "there is no python3"))
  func peerTablesAreMadeFromTheStoredNumbers() throws {
    let tests = DocumentedCommand.root.appending(path: "Tests/Python/test_peer.py")
    let shell = try Command(
      ["-B", tests.path], in: FileManager.default.temporaryDirectory,
      executable: URL(filePath: Self.python ?? ""))
    let result = try shell.finish(within: 60)
    #expect(result.status == 0, "\(result.errors.suffix(20).joined(separator: "\n"))")
  }
  private static let python = pythonImporting("json, unittest")

  @Test func evaluatesLossesOnFixedInputs() throws {
    let names = [
      "ce", "weighted_ce", "balanced_ce", "focal(gamma: 1)", "ohem(keep: 0.7)", "soft_iou",
      "lovasz", "recall",
    ]
    let answers = try Self.run(
      ["serve"], requests: ["losses 2 48 40 16 2"] + names.map { "loss \($0)" })
    let values = answers.dropFirst().map { Self.numbers($0).last ?? .nan }
    // What benchmarks/speed/peer_worker.py answers with PyTorch for the same requests.
    let expected = [
      1.3236180, 1.4305001, 1.4271867, 1.1506958, 1.8712825, 0.7835538, 0.5542601, 0.4476982,
    ]
    #expect(values.count == expected.count)
    for (value, expected) in zip(values, expected) { #expect(abs(value / expected - 1) < 1e-5) }
  }

  @Test func saysWhatIsWrongWithARequestAndGoesOn() throws {
    let answers = try Self.run(
      ["serve"],
      requests: [
        "step", "train resnet18 0.25 0 64 128 2", "train resnet7 1 1 1 1 1", "losses 1 8 8 1 1",
        "losses 1 8 8 3 1", "parameters", "steps 1", "loss nothing", "loss ce",
        "train resnet18 0.0625 1 33 33 1", "steps", "steps -1", "steps nan",
      ])
    #expect(
      answers.map { $0.hasPrefix("ok") } == [
        false, false, false, false, true, false, false, false, true, true, false, false, false,
      ])
  }
}
