import Experiments
import Files
import Foundation
import TestSupport
import Testing

/// A Python with NumPy, where there is one.
private enum NumPyPython {
  static let isThere = (try? run("import numpy")) != nil

  /// - Returns: what the program prints.
  static func run(_ text: String, _ arguments: String...) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", "-c", text] + arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw UserError("python3 failed") }
    return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }
}

/// NumPy itself reads what is stored.
@Suite(.enabled(if: NumPyPython.isThere, "there is no Python with NumPy"))
struct NumPyReadsTests {
  private static let program = """
    import json, sys
    import numpy as np
    arrays, prefix = np.load(sys.argv[1]), sys.argv[2]
    c = arrays[prefix + "confusions"]
    print(c.dtype, c.shape, c.tolist())
    print(arrays[prefix + "pictured"].tolist(), arrays[prefix + "predictions"].tolist())
    print([json.loads(x)["iteration"] for x in arrays[prefix + "history.jsonl"].splitlines()])
    """

  private static let expected = """
    int32 (2, 2, 2) [[[5, 1], [0, 7]], [[2000000, 0], [3, 4]]]
    [1] [[[0, 1, 1], [0, 1, 0]]]
    [5, 10]
    """

  @Test func runAndPackAreRead() throws {
    let temporary = try TemporaryFolder()
    let sweep = SweepFolder(temporary.url)
    let folder = try RunFolder(sweep, configuration: exampleConfiguration())
    try storeExample(folder)
    #expect(
      try NumPyPython.run(Self.program, folder.file("arrays.npz").path, "") == Self.expected)
    try sweep.packRuns()
    let prefix = folder.url.lastPathComponent + "/"
    #expect(
      try NumPyPython.run(Self.program, temporary.file("runs.npz").path, prefix) == Self.expected)
  }
}
