import Foundation

/// A Python that has the `tensorboard` package, for tests that need one; those are skipped without it.
package enum TensorBoardPython {
  /// That of RECALLBENCH_PYTHON or `python3`; nil if it cannot import tensorboard.
  package static let path = pythonImporting("tensorboard")

  /// Why a test is skipped.
  package static let missing =
    "neither RECALLBENCH_PYTHON nor python3 is a Python with tensorboard"
}

/// The Python of RECALLBENCH_PYTHON or `python3`; nil if it cannot import a module.
package func pythonImporting(_ module: String) -> String? {
  let environment = ProcessInfo.processInfo.environment
  let named = environment["RECALLBENCH_PYTHON"].flatMap { $0.isEmpty ? nil : $0 } ?? "python3"
  let process = Process()
  process.executableURL = URL(filePath: "/usr/bin/env")
  process.arguments = [named, "-c", "import sys, \(module); print(sys.executable)"]
  let output = Pipe()
  process.standardOutput = output
  process.standardError = FileHandle.nullDevice
  process.standardInput = FileHandle.nullDevice
  guard (try? process.run()) != nil else { return nil }
  let data = output.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  guard process.terminationStatus == 0 else { return nil }
  return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
}
