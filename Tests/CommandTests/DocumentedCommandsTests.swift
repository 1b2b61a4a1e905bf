import Foundation
import RecallBench
import Testing

/// A command in a code block of the documentation.
struct DocumentedCommand: CustomTestStringConvertible, Sendable {
  let page: String
  let line: String

  var testDescription: String { "\(page): \(line)" }

  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// Those of README, CONTRIBUTING and all pages of docs, in their order.
  static let all: [DocumentedCommand] = {
    let docs = (try? FileManager.default.contentsOfDirectory(atPath: root.path + "/docs")) ?? []
    let pages =
      ["README.md", "CONTRIBUTING.md", "benchmarks/own-loss/README.md"]
      + docs.sorted().filter { $0.hasSuffix(".md") }.map { "docs/\($0)" }
    return pages.flatMap { page -> [DocumentedCommand] in
      let text = (try? String(contentsOf: root.appending(path: page), encoding: .utf8)) ?? ""
      return blocks(of: text).flatMap(commands).map { DocumentedCommand(page: page, line: $0) }
    }
  }()

  /// The code blocks without a language, or with a shell's.
  private static func blocks(of text: String) -> [[String]] {
    // Text and blocks take turns.
    var parts: [[String]] = [[]]
    for line in text.components(separatedBy: "\n") {
      let isFence = line.trimmingCharacters(in: .whitespaces).hasPrefix("```")
      if isFence { parts.append([]) }
      parts[parts.count - 1].append(line)
    }
    return stride(from: 1, to: parts.count, by: 2).map { parts[$0] }.filter { block in
      let fence = block[0].trimmingCharacters(in: .whitespaces)
      return ["", "sh", "bash", "console"].contains(String(fence.dropFirst(3)))
    }
  }

  /// One line each.
  private static func commands(of block: [String]) -> [String] {
    let joined = block.joined(separator: "\n").replacing("\\\n", with: " ")
    return joined.components(separatedBy: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
  }

  /// The words after the program's name; nil for another program, or where words stand for others.
  func arguments(of programs: String...) -> [String]? {
    let words = Harness.words(line)
    guard let first = words.first, !words.contains(where: { $0.contains("...") }),
      programs.contains(URL(filePath: first).lastPathComponent)
    else { return nil }
    return Array(words.dropFirst())
  }
}

/// Whatever the documentation tells to type can be typed.
@Suite("Documented commands")
struct DocumentedCommandsTests {
  private static let commands = DocumentedCommand.all.filter {
    $0.arguments(of: "recallbench", "own-loss") != nil
  }
  private static let targets = DocumentedCommand.all.filter { $0.arguments(of: "make") != nil }

  @Test func thereAreSome() {
    #expect(Self.commands.count > 20 && Self.targets.count > 8)
  }

  @Test(arguments: commands)
  func isUnderstood(_ command: DocumentedCommand) throws {
    let words = try #require(command.arguments(of: "recallbench", "own-loss"))
    try Harness.check(arguments: words)
  }

  /// What `make` would run, as `make -n` prints it.
  @Test(
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/make"), "there is no make"),
    arguments: targets)
  func targetRunsWhatIsUnderstood(_ command: DocumentedCommand) throws {
    let words = try #require(command.arguments(of: "make"))
    let result = try Command(
      ["-n"] + words, in: DocumentedCommand.root, executable: URL(filePath: "/usr/bin/make")
    ).finish()
    #expect(result.status == 0, "\(result.errors)")
    for line in result.output.replacing("\\\n", with: " ").components(separatedBy: "\n")
    where line.hasPrefix(".build/release/recallbench ") {
      let typed = line.replacing("$TORCH", with: "losses.py:f").replacing("$LOSS", with: "ce")
        .replacing("$AGAINST", with: "ce")
      try Harness.check(arguments: Array(Harness.words(typed).dropFirst()))
    }
  }

  /// Those that take a moment and write nothing.
  private static let cheap = commands.filter { command in
    let words = command.arguments(of: "recallbench") ?? []
    if words == ["--version"] { return true }
    if words.contains("--dry-run") { return words.contains { $0.hasPrefix("benchmarks/") } }
    let isOfOthers = words.contains { $0.contains(".py:") || $0.contains("my_loss") }
    return !isOfOthers
      && [["losses"], ["losses", "list"], ["losses", "check"], ["network", "list"]].contains {
        Array(words.prefix(2)) == $0
      }
  }

  @Test(arguments: cheap)
  func runs(_ command: DocumentedCommand) throws {
    let words = try #require(command.arguments(of: "recallbench"))
    let result = try Command.run(words, in: DocumentedCommand.root)
    #expect(result.status == 0, "\(result.errors) \(result.output.suffix(300))")
  }
}

/// What `--help` says.
@Suite("Help")
struct HelpTests {
  static let texts = Harness.helpTexts

  @Test(arguments: texts.map(\.command))
  func fitsAndItsExamplesAreUnderstood(command: String) throws {
    let shown = try #require(Self.texts.first { $0.command == command }?.text)
    // The test program's name is longer.
    let text = shown.replacing("RecallBenchPackageTests.xctest", with: "recallbench")
    let lines = text.components(separatedBy: "\n")
    #expect(lines.allSatisfy { $0.count <= 80 }, "\(lines.filter { $0.count > 80 })")
    let program = "  .build/release/recallbench "
    #expect(!lines.contains { $0.hasPrefix("  recallbench ") })
    let joined = text.replacing("\\\n", with: " ").components(separatedBy: "\n")
    for line in joined where line.hasPrefix(program) {
      try Harness.check(arguments: Array(Harness.words(line).dropFirst()))
    }
  }

  /// What one cannot do without comes before what one may leave out.
  @Test func ownOptionsComeFirst() throws {
    let compare = try #require(Self.texts.first { $0.command == "compare" }?.text)
    let places = ["\nOPTIONS:\n", "  --loss <spec>", "  --torch <", "\nPYTORCH:\n", "\nDATA:\n"].map
    {
      compare.range(of: $0)?.lowerBound
    }
    #expect(!places.contains(nil))
    #expect(places.compactMap(\.self) == places.compactMap(\.self).sorted())
  }

  @Test func shellCompletionIsMentionedAndWritten() throws {
    let root = try #require(Self.texts.first { $0.command.isEmpty }?.text)
    #expect(root.contains("--generate-completion-script bash"))
    let result = try Command.run(
      ["--generate-completion-script", "bash"], in: DocumentedCommand.root)
    #expect(result.status == 0 && result.output.contains("complete"))
  }
}
