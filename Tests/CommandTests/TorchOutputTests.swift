import Foundation
import TestSupport
import Testing

/// What a PyTorch loss prints reaches the terminal as text, before what is said of it. A stand-in for
/// PyTorch is enough: the loss file is run when it is read.
@Suite("Output of PyTorch losses", .enabled(if: pythonImporting("ctypes") != nil), .serialized)
struct TorchOutputTests {
  private let place: Workplace

  init() throws {
    place = try Workplace()
    try place.writeTorchStandIn()
  }

  private func sweep(_ body: String) throws -> Command.Result {
    let source = "import os, subprocess, sys\n\(body)\ndef mine(z, y): pass\n"
    try Data(source.utf8).write(to: place.file("mine.py"))
    let python = try #require(pythonImporting("ctypes"))
    return try Command(
      place.sweep() + ["--torch", "mine.py:mine", "--python", python], in: place.url,
      environment: ["PYTHONPATH": place.file("modules").path]
    ).finish()
  }

  @Test func controlCharactersAreSpelledOut() throws {
    let result = try sweep(
      #"""
      print("\x1b[31mred\x07\tblue")
      sys.stderr.write("\x1b[2J")
      sys.stderr.flush()
      subprocess.run(["printf", "\\033]0;title\\007"])
      os._exit(3)
      """#)
    #expect(result.status == 1)
    #expect(
      result.errors.prefix(2) == [
        #"\u{1B}[31mred\u{07}\#tblue"#, #"\u{1B}[2J\u{1B}]0;title\u{07}"#,
      ])
    #expect(result.errors.last?.contains("exit status 3); its output is above") == true)
    #expect(result.errors.count == 3)
  }

  @Test func longOutputIsWhole() throws {
    let result = try sweep(
      """
      for line in range(30000): print(line, "x" * 20)
      sys.stdout.write("y" * 100000)
      raise ValueError("z" * 3000000)
      """)
    #expect(result.status == 1)
    #expect(result.errors.filter { $0.hasSuffix("xxx") }.count == 30000)
    let long = result.errors.filter { $0.hasPrefix("yyy") }
    #expect(long.map { $0.count { $0 == "y" } }.reduce(0, +) == 100_000)
    #expect(long.allSatisfy { $0.utf8.count <= 1 << 14 || $0.contains("Traceback") })
    #expect(result.errors.last?.contains("raised ValueError: zzz") == true)
    #expect(result.errors.last.map { $0.count < 2000 } == true)
  }

  /// A failure that is stored with its run, and shown in reports.
  @Test func storedReasonNamesNoFolder() throws {
    let result = try sweep(
      #"""
      if os.path.exists("once"):
          raise ValueError("\x1b[31mevil\x07 /home/ann/data/secret/\udc80 " + os.getcwd())
      open("once", "w").close()
      """#)
    #expect(result.status == 1)
    let run = try #require(place.runs().first)
    let reason = try String(contentsOf: place.file("\(run)/failed.txt"), encoding: .utf8)
    #expect(reason.contains("torch:mine raised ValueError: "), "\(reason)")
    for text in ["/home/ann", place.url.path, "\u{1B}", "\u{7}"] { #expect(!reason.contains(text)) }
    #expect(
      reason.hasSuffix("the traceback is above\n") && reason.split(separator: "\n").count == 1)
    #expect(try Command.run(["report", "out"], in: place.url).status == 0)
    for name in ["report.html", "tables.md"] {
      let text = try String(contentsOf: place.file("out/\(name)"), encoding: .utf8)
      #expect(!text.contains("/home/ann") && !text.contains("\u{1B}"), "\(name)")
    }
  }
}
