import Foundation

/// Git access to the source tree that this program was built from. It is used only to record and
/// report where runs come from.
enum Git {
  private static let sources = URL(filePath: #filePath).deletingLastPathComponent().path

  /// The trimmed output, or nil if git is not available, the tree no longer exists or git fails.
  static func run(_ arguments: [String]) -> String? {
    output(arguments).map {
      String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
  }

  /// The unmodified output of git.
  static func output(_ arguments: [String]) -> Data? {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["git", "-C", sources] + arguments
    // Inside a hook of another repository, these variables would redirect git to it.
    process.environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("GIT_") }
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    do { try process.run() } catch { return nil }
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return process.terminationStatus == 0 ? data : nil
  }
}
