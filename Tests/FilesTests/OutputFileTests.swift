import Files
import Foundation
import TestSupport
import Testing

/// What an option's file may be, and what is written then.
@Suite struct OutputFileTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func path(_ name: String) -> String { folder.file(name).path }

  private func put(_ text: String, _ name: String) throws {
    let file = folder.file(name)
    try AtomicFile.createFolder(file.deletingLastPathComponent())
    try Data(text.utf8).write(to: file)
  }

  private func text(_ name: String) throws -> String {
    try String(contentsOf: folder.file(name), encoding: .utf8)
  }

  private func link(_ name: String, to target: String) throws {
    try FileManager.default.createSymbolicLink(atPath: path(name), withDestinationPath: target)
  }

  private func problem(_ output: OutputFile, besides inputs: [String] = []) -> String? {
    do throws(UserError) { try output.check(besides: inputs) } catch { return error.problem }
    return nil
  }

  @Test func newFilesNeedNothingAndExistingOnesForce() throws {
    let output = OutputFile(path("a.json"), replacesExisting: false)
    #expect(problem(output) == nil)
    try output.write("1")
    #expect(problem(output) == "already exists; name another file or use --force")
    #expect(throws: UserError.self) { try output.write("2") }
    try OutputFile(path("a.json"), replacesExisting: true).write("3")
    #expect(try text("a.json") == "3")
  }

  @Test func whatAKilledProcessLeftOfTheFileIsRemoved() throws {
    try put("half", ".a.json.partial-99999999-1")
    try OutputFile(path("a.json"), replacesExisting: false).write("whole")
    #expect(try folder.names == ["a.json"])
  }

  @Test func linksAreFollowedAndStay() throws {
    try put("old", "deep/target.json")
    try link("link.json", to: "deep/target.json")
    try link("again.json", to: path("link.json"))
    #expect(problem(OutputFile(path("again.json"), replacesExisting: false)) != nil)
    try OutputFile(path("again.json"), replacesExisting: true).write("new")
    #expect(try text("deep/target.json") == "new")
    for name in ["link.json", "again.json"] {
      #expect((try? FileManager.default.destinationOfSymbolicLink(atPath: path(name))) != nil)
    }
    // One that leads to nothing yet.
    try link("dangling.json", to: "deep/new.json")
    try OutputFile(path("dangling.json"), replacesExisting: false).write("made")
    #expect(try text("deep/new.json") == "made")
    // The parent of what a link leads to, not of the link.
    try put("", "other/inner/x")
    try link("inner", to: "other/inner")
    try OutputFile(path("inner/../y.json"), replacesExisting: false).write("there")
    #expect(try text("other/y.json") == "there")
  }

  @Test func whatIsNoRegularFileIsWrittenInPlace() throws {
    try link("null", to: "/dev/null")
    for name in ["/dev/null", path("null")] {
      let output = OutputFile(name, replacesExisting: false)
      #expect(problem(output) == nil)
      try output.write("gone")
    }
    var status = stat()
    #expect(stat("/dev/null", &status) == 0 && status.st_mode & S_IFMT == S_IFCHR)
    let full = OutputFile("/dev/full", replacesExisting: false)
    #expect(throws: UserError.self) { try full.write("lost") }

    #expect(mkfifo(path("pipe"), 0o600) == 0)
    let reader = open(path("pipe"), O_RDONLY | O_NONBLOCK)
    defer { close(reader) }
    try OutputFile(path("pipe"), replacesExisting: false).write("through")
    var bytes = [UInt8](repeating: 0, count: 100)
    #expect(read(reader, &bytes, 100) == 7)
    #expect(stat(path("pipe"), &status) == 0 && status.st_mode & S_IFMT == S_IFIFO)
  }

  @Test func inputsAndFoldersAreNeverOverwritten() throws {
    try put("input", "z.npy")
    try link("same.npy", to: "z.npy")
    let output = OutputFile(path("same.npy"), replacesExisting: true)
    #expect(
      problem(output, besides: [path("z.npy")])
        == "is read by this command; name another file to write")
    #expect(
      problem(OutputFile(folder.url.path, replacesExisting: true))
        == "cannot write: it is a folder; remove or rename it")
    #expect(throws: UserError.self) { try OutputFile("", replacesExisting: true).check() }
  }

  /// A mistyped path must not cost an image or its labels, whatever `--force` says.
  @Test func imagesAreNeverReplaced() throws {
    let output = OutputFile(path("a"), replacesExisting: true)
    let png = Data([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13])
    try png.write(to: folder.file("a"))
    #expect(problem(output)?.contains("is an image, which is never replaced") == true)
    for data in [Data(), Data("{}".utf8), Data("image,accuracy".utf8), png.dropFirst()] {
      try data.write(to: folder.file("a"))
      #expect(throws: Never.self) { try output.check() }
    }
  }

  @Test func programsThatFailAreReported() throws {
    var program = Program("/bin/sh", ["-c", "pwd >&2; echo no >&2; exit 3"])
    program.folder = folder.url
    let outcome = try program.run()
    #expect(outcome.status == 3)
    #expect(outcome.errors == "\(folder.url.throughLinks.path)\nno\n")
    #expect(try Program("/bin/sh", ["-c", "kill -9 $$"]).run().status == 137)
    // More than a pipe holds, on both streams, one after the other.
    let fill = "head -c 200000 /dev/zero"
    let full = try Program("/bin/sh", ["-c", "\(fill) >&2; \(fill)"]).run()
    #expect(full.output.count == 200_000 && full.errors.utf8.count == 200_000)
    // Both run before either is waited for.
    let started = try ["a", "b"].map { try Program("/bin/sh", ["-c", "echo \($0)"]).start() }
    #expect(started.map { String(decoding: $0.wait().output, as: UTF8.self) } == ["a\n", "b\n"])
    #expect(throws: UserError.self) { try Program(path("none"), []).run() }
  }
}
