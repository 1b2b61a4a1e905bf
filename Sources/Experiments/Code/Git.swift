import Foundation

/// The git of the source tree that this program was built from. It tells where runs come from; no
/// decision depends on it.
enum Git {
  private static let sources = URL(filePath: #filePath).deletingLastPathComponent().path

  /// The trimmed output; nil if there is no git, or no such tree any more, or it fails.
  static func run(_ arguments: [String]) -> String? {
    output(arguments).map {
      String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
  }

  /// What git writes, as it is.
  static func output(_ arguments: [String]) -> Data? {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["git", "-C", sources] + arguments
    // A hook of another repository would have git look there.
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
