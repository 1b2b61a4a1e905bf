import Experiments
import Files
import Foundation
import TestSupport
import Testing

/// `--torch` of the commands, on a real PyTorch.
@Suite(
  "PyTorch losses, by the command",
  .enabled(if: TorchPython.isThere, Comment(rawValue: TorchPython.missing)), .serialized)
struct TorchCommandTests {
  private let place: Workplace

  init() throws {
    place = try Workplace()
    try write("return F.cross_entropy(z, y, ignore_index=255)")
  }

  /// A file with one loss.
  private func write(_ body: String) throws {
    let text = """
      import os
      import torch.nn.functional as F

      with open("pid", "w") as file:
          file.write(str(os.getpid()))

      def mine(z, y):
          \(body)

      """
    try Data(text.utf8).write(to: place.file("mine.py"))
  }

  private let torch = ["--torch", "mine.py:mine", "--python", TorchPython.path ?? ""]

  private func sweep(_ more: [String] = []) throws -> Command.Result {
    try Command.run(place.sweep() + torch + more, in: place.url)
  }

  private var worker: Int32? {
    (try? String(contentsOf: place.file("pid"), encoding: .utf8)).flatMap { Int32($0) }
  }

  private func workerIsGone() -> Bool {
    TorchPython.soon { worker.map(TorchPython.isRunning) == false }
  }

  private func history(_ run: String) throws -> [Double] {
    try RunFolder.load(place.file(run)).history.map(\.loss)
  }

  @Test func crossEntropyTrainsAsOurs() throws {
    #expect(try Command.run(place.sweep(), in: place.url).status == 0)
    let result = try sweep()
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("1 run trained, 0 were done before"))
    #expect(workerIsGone())
    let runs = place.finishedRuns()
    let theirs = try #require(runs.first { $0.contains("torch-mine") })
    let ours = try #require(runs.first { !$0.contains("torch-mine") })
    let (a, b) = (try history(ours), try history(theirs))
    #expect(a.count == 3 && b.count == 3)
    for (a, b) in zip(a, b) { #expect(abs(a / b - 1) < 1e-4) }
    let environment = try String(contentsOf: place.file("\(theirs)/run.json"), encoding: .utf8)
    #expect(environment.contains("\"torch\" : \"PyTorch "))

    // Done is done, until the file says something else.
    #expect(try sweep().output.contains("0 runs trained, 1 was done before"))
    try write("return 2 * F.cross_entropy(z, y, ignore_index=255)")
    #expect(try sweep().output.contains("1 run trained, 0 were done before"))
    #expect(place.finishedRuns().count == 3)
  }

  @Test func errorInTheLossEndsTheRunWithItsTraceback() throws {
    try write("return F.cross_entropy(z, y, ignore_index=255) + undefined")
    let result = try sweep()
    #expect(result.status == 1)
    #expect(result.errors.first == "Traceback (most recent call last):")
    #expect(result.errors.contains { $0.contains("mine.py\", line 8, in mine") })
    let last =
      "error: 1 of 1 run failed: iteration 1: torch:mine raised NameError: name "
      + "'undefined' is not defined (mine.py, line 8); the traceback is above [camvid resnet18 "
      + "torch:mine s1]"
    #expect(result.errors.last == last)
    #expect(workerIsGone())
  }

  @Test func hangingLossEndsTheRun() throws {
    try write("import time; time.sleep(1000)")
    let result = try sweep(["--torch-timeout", "4"])
    #expect(result.status == 1)
    #expect(
      result.errors.last?.contains(
        "iteration 1: torch:mine: the Python worker took more than 20 s to evaluate a batch")
        == true, "\(result.errors)")
    #expect(workerIsGone())
  }

  @Test(arguments: [SIGINT, SIGKILL])
  func workerGoesWithTheCommand(signal: Int32) throws {
    try place.writeSweep(iterations: 1_000_000)
    try write("open('called', 'w').close(); return F.cross_entropy(z, y, ignore_index=255)")
    let command = try Command(
      place.sweep("--checkpoint-every", "1000000") + torch, in: place.url)
    #expect(command.wait { place.exists("called") })
    #expect(worker.map(TorchPython.isRunning) == true)
    kill(command.process.processIdentifier, signal)
    let result = try command.finish()
    #expect(result.status == (signal == SIGINT ? 130 : 128 + SIGKILL))
    if signal == SIGINT {
      #expect(result.errors == ["interrupted; rerun the same command to resume"])
      #expect(place.runs().contains { place.exists("\($0)/checkpoint.safetensors") })
    }
    #expect(workerIsGone())
  }

  /// The user's code runs on when the command is gone; it is ended all the same.
  @Test func busyWorkerGoesWithTheCommand() throws {
    try write("open('called', 'w').close()\n    while True: pass")
    let command = try Command(place.sweep() + torch, in: place.url)
    #expect(command.wait { place.exists("called") })
    let id = try #require(worker)
    kill(command.process.processIdentifier, SIGKILL)
    _ = try command.finish()
    #expect(TorchPython.soon { !TorchPython.isRunning(id) })
  }

  @Test func trainEvaluateAndCheckTakeIt() throws {
    let train = try Command.run(
      [
        "train", "tiny.yml", "--dataset", "camvid", "--backbone", "resnet18", "--camvid", "camvid",
        "--output", "out",
      ] + torch, in: place.url)
    #expect(train.status == 0, "\(train.errors)")
    #expect(place.finishedRuns().count == 1)

    let logits = (0..<36).map { Float(($0 * 7) % 11) / 4 - 1 }
    try NumPy.write(logits, shape: [2, 3, 2, 3], to: place.file("z.npy"))
    let labels: [UInt8] = [0, 1, 2, 255, 1, 0, 2, 2, 255, 0, 1, 1]
    try NumPy.write(labels, shape: [2, 2, 3], to: place.file("y.npy"))
    let arguments = ["losses", "evaluate", "--logits", "z.npy", "--labels", "y.npy", "--gradient"]
    let ours = try Command.run(arguments + ["a.npy", "--loss", "ce"], in: place.url)
    let theirs = try Command.run(arguments + ["b.npy"] + torch, in: place.url)
    #expect(theirs.status == 0, "\(theirs.errors)")
    #expect(theirs.output.hasPrefix("{\"loss\":\"torch:mine\",\"value\":"))
    func value(_ result: Command.Result) throws -> Double {
      let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
      return try #require((object as? [String: Any])?["value"] as? Double)
    }
    #expect(abs(try value(theirs) / value(ours) - 1) < 1e-6)
    let (a, b) = (
      try NumPy.read(place.file("a.npy"), as: Float.self).values,
      try NumPy.read(place.file("b.npy"), as: Float.self).values
    )
    #expect(Difference(b, a).isWithin(1e-6))

    let check = try Command.run(["losses", "check"] + torch, in: place.url)
    #expect(check.status == 1)
    #expect(check.output.hasPrefix("torch:mine\n"))
    #expect(check.output.hasSuffix("1 of 13 fail\n"), "\(check.output)")
  }

  @Test func checkWarnsOfALossWithoutAGradient() throws {
    try write("return 1 - (z.argmax(1) == y)[y != 255].float().mean()")
    let check = try Command.run(["losses", "check"] + torch, in: place.url)
    #expect(check.status == 1 && check.errors == [])
    let lines = check.output.split(separator: "\n")
    #expect(lines.count > 3 && lines[1].hasPrefix("  warning      no gradient "), "\(lines)")
    #expect(lines[1].contains("the gradient is zero everywhere, although the value changes"))
    #expect(lines[2].contains("use probabilities in their place"))
    #expect(lines.last?.hasSuffix(" of 13 fail") == true)
  }
}

/// What the commands say before any PyTorch is needed.
@Suite("PyTorch losses, by the command, without Python")
struct TorchUsageTests {
  private let place: Workplace

  init() throws {
    place = try Workplace()
    try Data("def mine(z, y): return z.sum()\n".utf8).write(to: place.file("mine.py"))
  }

  @Test(arguments: [
    (["--torch", "none.py:f"], "none.py: does not exist"),
    (["--torch", "mine.py"], "does not name a callable; write PATH.py:NAME"),
    (
      ["--torch", "mine.py:mine", "--python", "./none"],
      "./none: is not an executable file; specify the interpreter with --python PATH"
    ),
  ])
  func mistakeIsOneLine(arguments: [String], message: String) throws {
    for command in [place.sweep(), ["losses", "check"]] {
      let result = try Command.run(command + arguments, in: place.url)
      #expect(result.status == 1)
      #expect(result.errors.count == 1)
      #expect(result.errors.first?.contains(message) == true, "\(result.errors)")
    }
  }

  @Test func oneLossIsNeeded() throws {
    for arguments in [["losses", "check"], ["losses", "check", "ce", "--torch", "mine.py:mine"]] {
      let result = try Command.run(arguments, in: place.url)
      #expect(result.status == 64)
      #expect(
        result.errors.first?.hasPrefix(
          "error: give one loss, by name or by --torch PATH.py:NAME; see '") == true)
      #expect(result.errors.first?.hasSuffix("losses check --help'") == true)
    }
  }

  @Test func dryRunNeedsNoPython() throws {
    let result = try Command.run(
      place.sweep("--dry-run", "--torch", "mine.py:mine", "--losses", "ce"), in: place.url)
    #expect(result.status == 0)
    #expect(result.output.contains("open  camvid resnet18 ce s1  "))
    #expect(
      result.output.contains("open  camvid resnet18 torch:mine s1  camvid-resnet18-torch-mine-s1-"))
    #expect(result.output.hasSuffix("2 runs\n"))
  }
}
