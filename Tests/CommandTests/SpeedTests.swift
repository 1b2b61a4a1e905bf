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
    // A thread takes memory of its own with the first piece of work that it happens to get.
    let warmup = 30
    let requests =
      ["train resnet18 0.0625 2 33 47 2"] + Array(repeating: "step", count: warmup) + ["allocated"]
      + Array(repeating: "step", count: 3) + ["allocated", "rss", "faults"]
    let first = try Self.run(["serve"], requests: requests)
    #expect(first.count == requests.count && first.allSatisfy { $0.hasPrefix("ok") })
    let losses = first.map(Self.numbers).filter { $0.count == 2 }.map { $0[1] }
    #expect(losses.count == warmup + 3 && losses[5] < losses[0])
    #expect(first[warmup + 1] == first[warmup + 5] && Self.numbers(first[warmup + 1])[0] > 0)
    #expect(Self.numbers(first[warmup + 6])[0] > 1e6)
    var alone = requests
    alone[0] = "train resnet18 0.0625 2 33 47 1"
    let second = try Self.run(["serve"], requests: alone)
    #expect(second.map(Self.numbers).filter { $0.count == 2 }.map { $0[1] } == losses)
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
