import Foundation
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
        "losses 1 8 8 3 1", "loss nothing", "loss ce",
      ])
    #expect(answers.map { $0.hasPrefix("ok") } == [false, false, false, false, true, false, true])
  }
}
