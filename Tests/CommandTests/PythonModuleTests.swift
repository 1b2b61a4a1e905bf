import Foundation
import TestSupport
import Testing

/// `Sources/Python/recallbench.py` against the command: `Tests/Python/test_recallbench.py`. Parts of it
/// that lack a Python package are skipped.
@Suite struct PythonModuleTests {
  @Test(.enabled(if: TorchPython.isThere, Comment(rawValue: TorchPython.missing)))
  func moduleAgreesWithTheCommand() throws {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Python/test_recallbench.py")
    let shell = try Command(
      [
        "-c", "RECALLBENCH=\"$0\" exec \"$1\" -m unittest -v \"$2\"", Command.executable.path,
        TorchPython.path ?? "", tests.path,
      ], in: FileManager.default.temporaryDirectory, executable: URL(filePath: "/bin/bash"))
    let result = try shell.finish(within: 600)
    #expect(result.status == 0, "\(result.errors.suffix(40).joined(separator: "\n"))")
  }
}
