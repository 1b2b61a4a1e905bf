import Experiments
import Files
import Foundation
import TestSupport
import Testing

/// A file is bounded before anything of its stated size is made.
@Suite("Limits of sweep files")
struct YAMLBoundsTests {
  /// Nine to the power of `depth` values in as many lines.
  private static func aliases(depth: Int) -> String {
    let lines = (1...depth).map { level in
      let parts = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ",")
      return "a\(level): &a\(level) [\(parts)]"
    }
    return (["a0: &a0 [x,x,x,x,x,x,x,x,x]"] + lines).joined(separator: "\n") + "\n"
  }

  private func problem(_ text: String) -> String? {
    failure { _ = try Sweep(yaml: text, file: "t.yml") }
  }

  @Test(arguments: [
    ("? *a8\n: 1\n", "t.yml:10:3: an alias cannot be a key; write the key out"),
    ("*a8 : 1\n", "t.yml:10:1: an alias cannot be a key; write the key out"),
    ("a9: {[*a8]: 1}\n", "t.yml:10:6: a key must be a word"),
    ("? [*a8]\n: 1\n", "t.yml:10:3: a key must be a word"),
  ])
  func aliasAsAKeyEnds(line: String, message: String) {
    let found = problem(Self.aliases(depth: 8) + line)
    #expect(found?.contains("values, aliases written out") == true || found == message)
    #expect(problem("a0: &a8 [x]\n" + line)?.hasPrefix("t.yml:2:") == true)
  }

  @Test func aliasesAreCountedWrittenOut() {
    #expect(problem(Self.aliases(depth: 8))?.contains("more than 100000 values") == true)
    #expect(problem(Self.aliases(depth: 2))?.contains("unknown key 'a0'") == true)
    #expect(
      problem("name: " + String(repeating: "[", count: 200) + String(repeating: "]", count: 200))?
        .contains("nested more than 100 deep") == true)
  }

  @Test func aliasOfASectionIsRead() throws {
    let text = SweepFileTests.text.replacingOccurrences(
      of: "training: {iterations: 20,", with: "training: &t {iterations: 20,"
    ).replacingOccurrences(
      of: "training: {iterations: 30, checkpoint: best, validate_every: 10}", with: "training: *t")
    #expect(try Sweep(yaml: text, file: "t.yml").datasets.map(\.training.iterations) == [20, 20])
  }

  @Test func thousandsOfSeedsAreRefusedAtOnce() throws {
    let seeds = (1...100_000).map(String.init).joined(separator: ",")
    let text = SweepFileTests.text.replacingOccurrences(
      of: "seeds: [1, 2]", with: "seeds: [\(seeds)]")
    #expect(
      problem(text)?.contains("at most 1000 are allowed") == true
        || problem(text)?.contains("more than 100000 values") == true)
    var sweep = try Sweep(yaml: SweepFileTests.text, file: "t.yml")
    var overrides = SweepOverrides()
    overrides.seeds = (1...100_000).map { UInt64($0) }
    overrides.paths[.cityscapes] = URL(filePath: "/data")
    #expect(
      failure { try sweep.apply(overrides) }?.contains("describes more than 100000 runs") == true)
  }

  /// Each would take minutes or the whole stack.
  @Test(
    .timeLimit(.minutes(1)),
    arguments: [
      (
        (1...50_000).map { "ce" + String(repeating: " ", count: $0 % 3) }.joined(separator: "+"),
        "is too long; at most 4000"
      ),
      (
        // In the file it is not, but runs are stored under its whole form.
        (101...250).map { "unified_focal(gamma:0.\($0))" }.joined(separator: "+"),
        "is too long; at most 4000"
      ),
      ("a.py:F(x=" + String(repeating: "[", count: 3900) + ")", "x needs a number"),
      ("a.py:F(x=" + String(repeating: "(", count: 3000) + ")", "x needs a number"),
      ("a.py:F(x=" + String(repeating: "[", count: 60_000) + ")", "is too long; at most 4000"),
    ])
  func longLossIsRefusedAtOnce(loss: String, message: String) {
    let text = SweepFileTests.text.replacingOccurrences(
      of: "losses: [", with: "losses: ['\(loss)', ")
    #expect(text != SweepFileTests.text)
    #expect(problem(text)?.contains(message) == true, "\(problem(text)?.prefix(200) ?? "")")
  }

  @Test func dataSetsAndSettingsAreCounted() {
    let section = "{source: real, size: [32, 32]}"
    let sets = (0..<101).map { "a\($0): \(section)" }.joined(separator: ", ")
    let head = "name: t\nseeds: [1]\nbackbones: [resnet18]\nlosses: [ce]\n"
    #expect(problem(head + "datasets: {\(sets)}\n")?.contains("101 data sets; at most 100") == true)
    let settings = Array(repeating: "{width: 1}", count: 1001).joined(separator: ", ")
    #expect(
      problem(head + "settings: [\(settings)]\ndatasets: {camvid: \(section)}\n")?
        .contains("settings has 1001 elements; at most 1000") == true)
  }

  @Test func whatIsNoTextIsNamed() throws {
    let temporary = try TemporaryFolder()
    func problem(_ bytes: Data) throws -> String? {
      try bytes.write(to: temporary.file("t.yml"))
      return failure { _ = try Sweep(contentsOf: temporary.file("t.yml")) }
    }
    let utf16 = try #require(SweepFileTests.text.data(using: .utf16))
    #expect(try problem(utf16)?.contains("is UTF-16 text; save it as UTF-8") == true)
    let encodings: [(String.Encoding, String)] = [
      (.utf32, "UTF-32"), (.utf16LittleEndian, "UTF-16LE"), (.utf16BigEndian, "UTF-16BE"),
      (.utf32LittleEndian, "UTF-32LE"), (.utf32BigEndian, "UTF-32BE"),
    ]
    for (encoding, name) in encodings {
      let text = try #require(SweepFileTests.text.data(using: encoding))
      #expect(
        try problem(text)?.contains(
          "is \(name) text; save it as UTF-8, for example with iconv -f \(name) ")
          == true)
    }
    #expect(try problem(Data([0x80, 0x81]))?.contains("is not UTF-8 text") == true)
    #expect(try problem(Data("a\0b".utf8))?.contains("zero bytes") == true)
    #expect(
      try problem(Data(repeating: 0x20, count: 1 << 20 + 1))?.contains("more than the 1 MB") == true
    )
    #expect(
      failure { _ = try Sweep(contentsOf: temporary.url) }?.contains("is a folder; give a file")
        == true)
    // A byte order mark is no text.
    let marked = Data([0xef, 0xbb, 0xbf]) + Data(SweepFileTests.text.utf8)
    #expect(try problem(marked) == nil)
  }

  @Test func homeFolderIsThatOfTheEnvironment() {
    let environment = ["HOME": "/home/me"]
    for (text, expected) in [
      ("~", "/home/me"), ("~/a", "/home/me/a"), ("a/~/b", "a/~/b"), ("~you/a", "~you/a"),
      ("--camvid=~/a", "--camvid=/home/me/a"), ("--data=camvid=~/a", "--data=camvid=/home/me/a"),
      ("camvid=~/a", "camvid=/home/me/a"), ("x.py:L(a=~1)", "x.py:L(a=~1)"),
    ] {
      #expect(expandingHomes(text, environment) == expected)
    }
  }
}
