import Foundation
import TestSupport
import Testing

/// `recallbench results fill`, as a process.
@Suite("results fill")
struct FillCommandTests {
  private let place: TemporaryFolder

  init() throws {
    place = try TemporaryFolder()
    try FileManager.default.createDirectory(
      at: place.file("results"), withIntermediateDirectories: true)
    try write("results/t.csv", "a,b\nx,1.5\n")
    try write("t.in", "# T\n\n## S\n\nb is {{t.csv | a=x | b .1}}.\n")
  }

  private func write(_ name: String, _ text: String) throws {
    try Data(text.utf8).write(to: place.file(name))
  }

  private func read(_ name: String) throws -> String {
    try String(contentsOf: place.file(name), encoding: .utf8)
  }

  private func fill(_ arguments: [String]) throws -> Command.Result {
    try Command(["results", "fill"] + arguments, in: place.url).finish()
  }

  @Test func writesTheTextAndItsPart() throws {
    try write("README.md", "<!-- S -->\n<!-- end of S -->\n")
    let result = try fill([
      "t.in", "--output", "t.md", "--section", "S", "--into", "README.md",
    ])
    #expect(result.status == 0, "\(result.errors)")
    #expect(try read("t.md") == "# T\n\n## S\n\nb is 1.5.\n")
    #expect(try read("README.md") == "<!-- S -->\n\nb is 1.5.\n\n<!-- end of S -->\n")
  }

  /// Nothing that was typed is overwritten, and nothing is written where something is wrong.
  @Test(arguments: [
    (["t.in", "--output", "t.in", "--force"], "is read by this command"),
    (
      ["t.in", "--output", "README.md", "--force", "--section", "S", "--into", "README.md"],
      "is read"
    ),
    (["t.in", "--output", "t.md", "--section", "S", "--into", "t.in"], "is read by this command"),
    (["t.in", "--output", "t.md", "--section", "S", "--into", "README.md"], "must have the lines"),
    (["t.in", "--output", "README.md"], "already exists; name another file or use --force"),
    (["t.in", "--output", "t.md", "--section", "S"], "give --section and --into together"),
    (["gone.in", "--output", "t.md"], "gone.in: does not exist"),
  ])
  func isRefused(arguments: [String], expected: String) throws {
    try write("README.md", "mine\n")
    let before = try read("t.in")
    let result = try fill(arguments)
    #expect(result.status != 0, "\(result.output)")
    #expect(result.errors.first?.contains(expected) == true, "\(result.errors)")
    #expect(try read("t.in") == before && read("README.md") == "mine\n")
    #expect(throws: (any Error).self) { try read("t.md") }
  }

  @Test func textGoesToStandardOutput() throws {
    let result = try fill(["t.in", "--output", "-"])
    #expect(result.status == 0 && result.output == "# T\n\n## S\n\nb is 1.5.\n")
  }
}
