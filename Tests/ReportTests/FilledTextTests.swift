import Foundation
import Report
import TestSupport
import Testing

@Suite("Texts filled from tables")
struct FilledTextTests {
  private let temporary: TemporaryFolder

  init() throws {
    temporary = try TemporaryFolder()
    try FileManager.default.createDirectory(
      at: temporary.file("results"), withIntermediateDirectories: true)
    try write(
      """
      loss,score,difference_points,low_points,high_points,verdict
      recall,mean IoU,0.7654,-0.9149,2.4449,inconclusive
      recall,mean accuracy,-0.001,1,2,higher
      "focal(gamma: 1, ""x"")",mean IoU,-3.2,-4.06,,lower_down

      """.replacing("\n\n", with: "\n"), "results/d.csv")
  }

  private func write(_ text: String, _ name: String) throws {
    try text.write(to: temporary.file(name), atomically: true, encoding: .utf8)
  }

  private func filled(_ text: String) throws -> String {
    try write(text, "text.in")
    var filled = FilledText(
      template: temporary.file("text.in"), results: temporary.file("results"),
      folder: temporary.file("docs"))
    return try filled.text()
  }

  @Test(
    arguments: [
      ("{{d.csv | loss=recall; score=mean IoU | points}}", "+0.77 [-0.91, +2.44]"),
      ("{{d.csv | loss=recall; score=mean IoU | difference_points .1}}", "0.8"),
      ("{{d.csv | loss=recall; score=mean accuracy | difference_points +.2}}", "+0.00"),
      ("{{d.csv | loss=recall; score=mean accuracy | verdict}}", "higher"),
      ("{{d.csv | loss=focal(gamma: 1, \"x\"); score=mean IoU | verdict}}", "lower\\_down"),
      ("a {{let D = d}}b {{$D.csv | loss=recall;\n score=mean\nIoU | low_points +.0}}", "a b -1"),
      ("x\n{{d.csv | verdict=higher | require verdict = higher}}\ny", "x\ny"),
      ("x\n{{d.csv | verdict=higher | require high_points > 1.5}}\ny", "x\ny"),
      ("x\n  {{d.csv | verdict=higher | require low_points = 1}}\n  y", "x\n  y"),
      ("{{let A = a}}\n{{let B = b}}\nx", "x"),
      ("x\n{{let A = a}}\n  {{let B = $A}}\n\ny", "x\n\ny"),
      ("a\r\n{{let A = a}}\r\n{{d.csv | verdict=higher | low_points}}\r\n", "a\r\n1\r\n"),
      ("{{d.csv | high_points=; loss=focal(gamma: 1, \"x\") | verdict}}", "lower\\_down"),
      ("{{d.csv | verdict=higher | difference_points .2}}", "0.00"),
      ("no braces } } { {", "no braces } } { {"),
    ])
  func isReplaced(text: String, expected: String) throws {
    #expect(try filled(text) == expected)
  }

  @Test(
    arguments: [
      ("{{d.csv | loss=recall | verdict}}", "has 2 records of these values"),
      ("{{d.csv | loss=ce | verdict}}", "has no 'ce' in column 'loss', only"),
      ("{{d.csv | name=ce | verdict}}", "has no column 'name', only 'loss', 'score'"),
      ("{{d.csv | verdict=higher | mean}}", "has no column 'mean'"),
      ("{{d.csv | verdict=lower_down | points}}", "has nothing in column 'high_points'"),
      (
        "{{d.csv | verdict=higher | verdict .1}}",
        "has 'higher' in column 'verdict', where a number"
      ),
      ("{{e.csv | verdict=higher | points}}", "e.csv: does not exist"),
      ("{{$D.csv | verdict=higher | points}}", "no {{let NAME = PATH}} before it"),
      ("{{d.csv | verdict=higher}}", "is neither PATH | COLUMN=VALUE; ... | COLUMN nor let"),
      ("{{/etc/passwd | a=b | c}}", "is not below the folder of results; see --results"),
      ("{{let X = ../../etc}}", "is not below the folder of results; see --results"),
      ("{{sweeps ;}}", "names no folder of results"),
      ("{{d.csv | higher | points}}", "'higher' is not NAME=VALUE"),
      ("{{d.csv", "'{{' has no '}}'"),
      ("{{d.csv | verdict=higher | require verdict}}", "is not: require COLUMN = VALUE"),
      (
        "{{d.csv | verdict=higher | require verdict = lower}}",
        "the text says verdict = lower, but the table says 'higher'; change the text"
      ),
      (
        "{{d.csv | verdict=higher | require low_points > 1}}",
        "the text says low_points > 1, but the table says '1'"
      ),
      ("{{d.csv | verdict=higher | require low_points > x}}", "'x' is not a number"),
      ("{{sweeps gone}}", "holds no runs; give the output folder of a sweep"),
    ])
  func isRefused(text: String, expected: String) throws {
    let message = failure { _ = try filled("one\n\(text)") } ?? "none"
    #expect(message.contains("text.in: line 2: ") && message.contains(expected), "\(message)")
    #expect(!message.contains("\n"))
  }

  @Test func paragraphsAreBrokenAnew() throws {
    let text = try filled(
      """
      {{wrap 24}}
      # A heading that is longer than that

      One two three four {{d.csv | loss=recall; score=mean IoU | points}} five
      six.

      - An item that goes on
        and on
      - another
      10. ten words of a list that is numbered
      ```
      code     stays as long as it is
      ```
      | a table | stays | as well as | this |
      """)
    #expect(
      text == """
        # A heading that is longer than that

        One two three four +0.77
        [-0.91, +2.44] five six.

        - An item that goes on
          and on
        - another
        10. ten words of a list
            that is numbered
        ```
        code     stays as long as it is
        ```
        | a table | stays | as well as | this |
        """)
    #expect(failure { _ = try filled("{{wrap x}}") }?.contains("is not a width from 20") == true)
  }

  @Test func tableWithALineThatIsNoneIsRefused() throws {
    try write("a,b\n1\n", "results/e.csv")
    #expect(failure { _ = try filled("{{e.csv | a=1 | b}}") }?.contains("is no table") == true)
  }

  /// As RFC 4180 has them.
  @Test func fieldsAreReadAsTheyAreWritten() throws {
    try write("a,b,c\r\n\"x, y\",\"say \"\"so\"\"\nnow\",\r\n,\"\",last", "results/e.csv")
    #expect(try filled("{{e.csv | a=x, y | b}}") == "say \"so\" now")
    #expect(try filled("{{e.csv | c=last | a}}{{e.csv | a=; b= | c}}") == "last")
  }

  @Test func storedSweepsAreListed() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    try write("{{sweeps necessity}}", "text.in")
    var text = FilledText(
      template: temporary.file("text.in"), results: root.appending(path: "results"),
      folder: root.appending(path: "docs"))
    let lines = try text.text().split(separator: "\n")
    let cells = lines[2].split(separator: " | ").map(String.init)
    #expect(lines.count == 3 && cells[0] == "| [necessity](../results/necessity/tables.md)")
    #expect(cells[3] == "36" && cells[4] == "1, 2, 3" && cells[5] == "none")
  }

  @Test func verdictsOfSeveralSweepsStandSideBySide() throws {
    func write(_ name: String, _ lines: [String]) throws {
      let folder = temporary.file("results/\(name)/tables")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      let text = (["claim,statement,panel,verdict,measured,number"] + lines).joined(separator: "\n")
      try text.write(
        to: folder.appending(path: "claims.csv"), atomically: true, encoding: .utf8)
    }
    try write(
      "a", ["ohem-worse,OHEM.,S18,inconclusive,,", "between,\"In, between.\",S18,supported,x,1"])
    try write("b", ["between,\"In, between.\",C18,one seed: no verdict,,"])
    #expect(
      try filled("{{claims a; b}}").hasPrefix(
        """
        | statement | a [S18](../results/a/claims.md) | b [C18](../results/b/claims.md) |
        |---|---|---|
        | In, between. | **✓ supported** | ① |
        | OHEM. | ? | – |

        ✓ supported; ✗ contradicted;
        """))
    try write("b", ["between,x,C18,perhaps,,"])
    #expect(failure { _ = try filled("{{claims a; b}}") }?.contains("not of this version") == true)
    #expect(failure { _ = try filled("{{claims c}}") }?.contains("does not exist") == true)
  }

  private func section(_ text: String) throws -> MarkdownSection {
    try MarkdownSection("In short", of: text, at: temporary.file("docs/a.md"))
  }

  @Test func sectionIsCopiedWithItsLinks() throws {
    let section = try section(
      """
      # A

      ## In short

      - b [c](../results/t.md#x), [d](e.md), [f](https://g.h/i), [j](#k), [l](/m).
      ```
      ## no heading
      ```

      ## J

      """)
    let place = temporary.file("README.md")
    try write("# R\n\n<!-- In short -->\nold\n<!-- end of In short -->\n\nrest\n", "README.md")
    let copied = try section.copied(into: place)
    #expect(
      copied
        == """
        # R

        <!-- In short -->

        - b [c](results/t.md#x), [d](docs/e.md), [f](https://g.h/i), [j](docs/a.md#k), [l](/m).
        ```
        ## no heading
        ```

        <!-- end of In short -->

        rest

        """)
    try write(copied, "README.md")
    #expect(try section.copied(into: place) == copied)
    try write(copied.replacing("\n", with: "\r\n"), "README.md")
    #expect(try section.copied(into: place) == copied.replacing("\n", with: "\r\n"))
  }

  @Test(
    arguments: [
      "# R\n", "<!-- In short -->\n", "<!-- end of In short -->\n<!-- In short -->\n",
      "<!-- In short -->\n<!-- In short -->\n<!-- end of In short -->\n",
    ])
  func fileWithoutTheMarksIsRefused(text: String) throws {
    try write(text, "README.md")
    let message = failure {
      _ = try section("## In short\n").copied(into: temporary.file("README.md"))
    }
    #expect(message?.contains("must have the lines '<!-- In short -->' and") == true)
  }

  @Test func headingThatIsNotThereIsNamed() {
    #expect(failure { _ = try section("# A\n## In shor\n") }?.contains("no heading") == true)
  }
}
