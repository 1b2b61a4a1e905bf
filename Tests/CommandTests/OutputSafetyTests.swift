import Foundation
import Testing

/// Where results are written, and what happens where they cannot be.
@Suite("Output files and streams, by the command", .serialized)
struct OutputSafetyTests {
  private let place: Workplace

  init() throws { place = try Workplace() }

  /// The command in a shell's line, as `$RB`.
  private func shell(_ line: String) throws -> Command.Result {
    try Command(
      ["-c", line], in: place.url, executable: URL(filePath: "/bin/bash"),
      environment: ["RB": Command.executable.path]
    ).finish()
  }

  private func trained() throws -> String {
    #expect(try Command.run(place.sweep(), in: place.url).status == 0)
    return try #require(place.finishedRuns().first)
  }

  private func contents(_ folder: String) throws -> [String: Data] {
    let names = try FileManager.default.subpathsOfDirectory(atPath: place.file(folder).path)
    return Dictionary(
      uniqueKeysWithValues: names.compactMap { name in
        (try? Data(contentsOf: place.file("\(folder)/\(name)"))).map { (name, $0) }
      })
  }

  @Test func groundTruthAndRunsAreNeverOverwritten() throws {
    let run = try trained()
    try FileManager.default.createSymbolicLink(
      at: place.file("elsewhere"), withDestinationURL: place.file("camvid/testannot"))
    let (before, stored) = (try contents("camvid"), try contents("out"))
    for output in [
      "camvid/testannot", "camvid/x/../testannot", "elsewhere", "camvid/test", "camvid",
      "camvid/testannot/new/deeper", "elsewhere/new",
    ] {
      for force in [[], ["--force"]] {
        let result = try Command.run(
          ["predict", "--run", run, "--camvid", "camvid", "--output", output] + force,
          in: place.url)
        #expect(result.status == 1)
        #expect(
          result.errors.last?.contains("which holds files of the data set camvid") == true,
          "\(output): \(result.errors)")
      }
    }
    for (arguments, what) in [
      (["evaluate", run, "--camvid", "camvid", "--force", "--json", "\(run)/run.json"], "a run"),
      (["evaluate", run, "--camvid", "camvid", "--per-image", "\(run)/new.csv"], "a run"),
      (["evaluate", run, "--camvid", "camvid", "--json", "out/sweep.json", "--force"], "a sweep"),
      (["evaluate", run, "--camvid", "camvid", "--json", "camvid/test/x.json"], "camvid"),
      (["export", "--run", run, "--output", "\(run)/weights.safetensors", "--force"], "a run"),
      (
        [
          "evaluate", "--dataset", "camvid", "--predictions", "camvid/testannot", "--ground-truth",
          "camvid/testannot", "--json", "camvid/testannot/scores.json",
        ], "camvid"
      ),
    ] {
      let result = try Command.run(arguments, in: place.url)
      #expect(result.status == 1, "\(arguments)")
      #expect(result.errors.last?.contains(what) == true, "\(arguments): \(result.errors)")
    }
    #expect(try contents("camvid") == before)
    #expect(try contents("out") == stored)
  }

  @Test func existingPredictionsNeedForce() throws {
    let arguments = [
      "predict", "--run", try trained(), "--camvid", "camvid", "--output", "predictions",
    ]
    #expect(try Command.run(arguments, in: place.url).status == 0)
    let again = try Command.run(arguments, in: place.url)
    #expect(again.status == 1)
    #expect(
      again.errors == [
        "error: predictions/0.png: already exists, and 1 more; name another folder or use --force"
      ])
    #expect(try Command.run(arguments + ["--force"], in: place.url).status == 0)
  }

  @Test func scoresFollowLinksAndTakeStandardOutput() throws {
    let run = try trained()
    try Data("old".utf8).write(to: place.file("scores.json"))
    try FileManager.default.createSymbolicLink(
      atPath: place.file("link.json").path, withDestinationPath: "scores.json")
    let evaluate = ["evaluate", run, "--camvid", "camvid"]
    let refused = try Command.run(evaluate + ["--json", "link.json"], in: place.url)
    #expect(
      refused.errors == ["error: link.json: already exists; name another file or use --force"])
    #expect(
      try Command.run(evaluate + ["--json", "link.json", "--force"], in: place.url).status == 0)
    let json = try Data(contentsOf: place.file("scores.json"))
    #expect(json.first == UInt8(ascii: "{"))
    #expect(
      (try? FileManager.default.destinationOfSymbolicLink(atPath: place.file("link.json").path))
        == "scores.json")
    for name in ["-", "/dev/stdout"] {
      let printed = try Command.run(evaluate + ["--json", name], in: place.url)
      #expect(printed.status == 0 && Data(printed.output.utf8) == json, "\(name)")
    }
    let null = try Command.run(evaluate + ["--json", "/dev/null"], in: place.url)
    #expect(null.status == 0 && null.output.contains("mean"))
    var status = stat()
    #expect(stat("/dev/null", &status) == 0 && status.st_mode & S_IFMT == S_IFCHR)
  }

  @Test(arguments: ["losses list ce", "--version", "--help", "network list", "sweep --help"])
  func lostResultsAreAnError(arguments: String) throws {
    let full = try shell("$RB \(arguments) > /dev/full")
    #expect(full.status == 1)
    #expect(full.errors.count == 1)
    #expect(
      full.errors.first?.hasPrefix(
        "error: standard output: cannot write the results: No space left on device") == true)
    let closed = try shell("$RB \(arguments) >&-")
    #expect(closed.status == 1)
    #expect(closed.errors.first?.hasPrefix("error: standard output: cannot write") == true)
    // As a program that its signal ends: quietly.
    let pipe = try shell("$RB \(arguments) | true; exit ${PIPESTATUS[0]}")
    #expect([0, 141].contains(pipe.status) && pipe.errors == [])
  }

  @Test(arguments: ["2> /dev/full", "2>&-", "2>&1 >&-", "2> >(true)"])
  func lostMessagesAreNoTrap(redirection: String) throws {
    let wrong = try shell("$RB losses list nope \(redirection)")
    #expect(wrong.status == 1)
    let usage = try shell("$RB nonsense \(redirection)")
    #expect(usage.status == 64)
    try FileManager.default.removeItem(at: place.file("camvid/test/0.png"))
    let failed = try shell("$RB \(place.sweep().joined(separator: " ")) \(redirection)")
    #expect(failed.status == 1)
  }

  /// A descriptor that whoever starts the command has closed is not given to a file of ours.
  @Test func sweepWithoutStreamsTrainsTheSame() throws {
    let run = try trained()
    let matrix = try contents(run)["arrays.npz"]
    let result = try shell(
      "$RB sweep tiny.yml --camvid camvid --output quiet <&- >&- 2>&-; echo $?")
    #expect(result.output == "1\n")
    let quiet = try #require(place.finishedRuns("quiet").first)
    #expect(try contents(quiet)["arrays.npz"] == matrix)
  }

  @Test(arguments: [5, 10, 20])
  func tooFewOpenFilesAreSaid(limit: Int) throws {
    let result = try shell("ulimit -n \(limit); $RB \(place.sweep().joined(separator: " "))")
    #expect(result.status == 1)
    #expect(
      result.errors == [
        "error: only \(limit) files may be open at once, and at least 64 are needed; raise the limit "
          + "(ulimit -n 1024)"
      ])
  }

  @Test func sizeLimitOfFilesIsAnError() throws {
    _ = try trained()
    let result = try shell("ulimit -f 1; $RB report out")
    #expect(result.status == 1)
    #expect(result.errors.last?.contains("File too large") == true, "\(result.errors)")
  }

  @Test func argumentsThatAreNotUTF8AreRefused() throws {
    let sweep = place.sweep().joined(separator: " ")
    let before = try contents(".")
    let result = try shell("$RB \(sweep) --output $'o\\xe9'")
    #expect(result.status == 1)
    #expect(
      result.errors == [
        "error: o\u{fffd}: is an argument that is not UTF-8; rename the file, for example with convmv "
          + "-t utf8"
      ])
    #expect(try contents(".") == before)
  }

  /// What is read without being asked for must not be waited for.
  @Test func pipeInPlaceOfAStoredFileIsAnError() throws {
    let run = try trained()
    for file in ["\(run)/run.json", "out/sweep.json"] {
      try FileManager.default.removeItem(at: place.file(file))
      try #require(mkfifo(place.file(file).path, 0o600) == 0)
    }
    let result = try shell("$RB verify out")
    #expect(result.status == 1)
    for file in ["run.json", "sweep.json"] {
      let line = (result.errors + [result.output]).joined(separator: "\n")
      #expect(line.contains("\(file): is a pipe or device, not a file"), "\(line)")
    }
  }

  @Test func controlCharactersDoNotReachTheTerminal() throws {
    let name = "a\u{1B}]0;owned\u{7}\u{1B}[2J"
    for arguments in [
      ["report", name], ["sweep", "\(name).yml"], ["losses", "list", name], [name],
      ["evaluate", name], ["sweep", "tiny.yml", "--camvid", name],
    ] {
      let result = try Command.run(arguments, in: place.url)
      #expect(result.status != 0)
      let text = result.output + result.errors.joined()
      #expect(!text.unicodeScalars.contains { $0.value < 32 && $0 != "\n" }, "\(arguments)")
    }
  }
}
