import Files
import Foundation
import Testing

@Suite struct CodeManifestTests {
  private func digest(_ text: String) -> String { CodeManifest.digest(ofSource: Data(text.utf8)) }

  @Test func commentsAndIndentationDecideNothing() {
    let plain = digest("let a = 1\nlet b = 2\n")
    #expect(digest("/// A.\nlet a = 1\n\n    // b\n  let b = 2\n") == plain)
    #expect(digest("let a = 1\nlet b = 3\n") != plain)
    #expect(digest("let b = 2\nlet a = 1\n") != plain)
  }

  @Test func textOfSeveralLinesIsKept() {
    func text(_ line: String) -> String {
      "let a = \"\"\"\n  \(line)\n  \"\"\"\n// after\nlet b = 1\n"
    }
    #expect(digest(text("// x")) != digest(text("// y")))
    #expect(digest(text("x")) != digest(text("  x")))
    #expect(digest(text("x")) == digest(text("x").replacing("// after\n", with: "")))
  }

  @Test(arguments: [
    ("Sources/Tensors/Convolution/Pooling.swift", true), ("Sources/Losses/Loss.swift", true),
    ("Sources/Losses/Conformance/Conformance.swift", false),
    ("Sources/Experiments/Training/Trainer.swift", true),
    ("Sources/Experiments/Trainer.swift", true),
    ("Sources/Experiments/Runs/RunFolder.swift", false), ("Sources/Report/Grid.swift", false),
    ("Sources/Tensors/notes.md", false), ("Tests/TensorsTests/A.swift", false),
  ])
  func whatDecidesNumbers(path: String, decides: Bool) {
    #expect(CodeManifest.decides(path) == decides)
  }

  @Test func addedAndMovedFilesAndRegistriesAreNoChange() throws {
    let old = CodeManifest(files: [
      "Sources/Losses/A.swift": "1", "Sources/Losses/LossRegistry.swift": "2",
    ])
    let moved = CodeManifest(
      files: [
        "Sources/Losses/Region/A.swift": "1", "Sources/Losses/LossRegistry.swift": "3",
        "Sources/Losses/New.swift": "4",
      ])
    #expect(old.changes(in: moved).isEmpty)
    #expect(moved.changes(in: old) == ["Sources/Losses/New.swift"])
    #expect(old.changes(in: CodeManifest(files: [:])) == ["Sources/Losses/A.swift"])
    #expect(old.digest != moved.digest)
  }
}
