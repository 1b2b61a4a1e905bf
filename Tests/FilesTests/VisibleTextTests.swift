import Files
import Testing

/// Text from outside, as it is shown.
@Suite struct VisibleTextTests {
  @Test(
    arguments: [
      ("recall + 0.5 * lovasz", "recall + 0.5 * lovasz"), ("Bäume 樹 e\u{301}", "Bäume 樹 e\u{301}"),
      ("\u{1B}[2Jgone", "\\u{1B}[2Jgone"), ("a\tb\r", "a\\tb\\r"), ("x\u{7F}", "x\\u{7F}"),
      ("a\u{202E}gnp.exe", "a\\u{202E}gnp.exe"), ("a\u{2028}b", "a\\u{2028}b"),
    ])
  func nothingCommandsTheTerminal(text: String, shown: String) {
    #expect(visible(text) == shown)
  }

  @Test func linesOfResultsStay() {
    #expect(visible("a\tb\n\u{1B}c\n", keepsLines: true) == "a\tb\n\\u{1B}c\n")
  }

  @Test func errorsAreOneVisibleLine() {
    let error = UserError(path: "a\nb\u{1B}[31m", problem: "is\r\nwrong\u{7}")
    #expect(error.description == "a b\\u{1B}[31m: is wrong\\u{07}")
  }

  @Test(
    arguments: [
      ("results/quick", "results/quick"), ("", "''"), ("my runs", "'my runs'"),
      ("a'b", "'a'\\''b'"), ("$(touch x)", "'$(touch x)'"), ("a\nb", "$'a\\x0ab'"),
      ("it's\u{1B}", "$'it\\'s\\x1b'"), ("Bäume", "'Bäume'"),
    ])
  func printedWordsCanBePasted(word: String, quoted: String) {
    #expect(shellQuoted(word) == quoted)
  }

  @Test(
    arguments: [
      ("/home/ann/data/camvid/train/0.png: is damaged", ".../train/0.png: is damaged"),
      ("/home/ann/my data/train/0.png: is damaged", ".../train/0.png: is damaged"),
      ("/work here/camvid/train/0.png: is damaged", "camvid/train/0.png: is damaged"),
      ("/home/me/x/y.png: is damaged", "~/x/y.png: is damaged"),
      ("no prediction a.png in '/srv/a/b/c'", "no prediction a.png in '.../b/c'"),
      ("/home/ann: is a file", ".../ann: is a file"), ("the loss is not finite", nil),
      ("mean accuracy / mean IoU at 1/2, https://a.b/c", nil),
      ("data/train/0.png: is damaged", nil),
      (
        "torch:f raised OSError: [Errno 2]:/home/ann/a/b.pt",
        "torch:f raised OSError: [Errno 2]:.../a/b.pt"
      ),
      ("see file:///home/ann/a/b.html, 12:30", "see .../a/b.html, 12:30"),
      ("\\u{1B}[31mevil\\u{07}/home/ann/a/b", "\\u{1B}[31mevil\\u{07}.../a/b"),
    ] as [(String, String?)])
  func reportsNameNoFolderOfTheMachine(message: String, shown: String?) {
    #expect(
      withoutFolders(message, current: "/work here", home: "/home/me") == shown ?? message)
  }

  @Test func quotationsInMessagesAreShort() {
    let long = String(repeating: "a + ", count: 1000)
    let error = UserError(path: long, problem: "loss \"\(long)\", found \"ce\"; \(long)")
    #expect(
      error.withShortQuotations
        == UserError(path: long, problem: "loss \"\(long.prefix(100))...\", found \"ce\"; \(long)"))
    #expect(excerpt("ce") == "ce" && excerpt("\u{1F600}\u{1F600}", atMost: 1) == "\u{1F600}...")
  }
}

@Suite("Lines of CSV files")
struct CSVLineTests {
  @Test func controlCharactersAreSpelledOut() {
    #expect(
      csvLine(["a\u{1B}[2J\u{7}", "b\"c", "d\ne"]) == "a\\u{1B}[2J\\u{07},\"b\"\"c\",\"d\ne\"")
  }
}
