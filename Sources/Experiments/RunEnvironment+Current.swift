import Foundation
import Tensors

extension RunEnvironment {
  /// What this process is and runs on; the seconds are zero.
  /// - Parameter threads: of one cell.
  package static func current(threads: Int) -> RunEnvironment {
    RunEnvironment(
      commit: commit(), compiler: compiler, operatingSystem: operatingSystem(),
      cpu: cpu(), cores: ProcessInfo.processInfo.activeProcessorCount, threads: threads,
      blas: blasDescription(), started: Date.now.formatted(.iso8601), trainingSeconds: 0,
      evaluationSeconds: 0)
  }

  private static var compiler: String {
    #if compiler(>=6.4)
      "Swift 6.4 or later"
    #elseif compiler(>=6.3)
      "Swift 6.3"
    #else
      "Swift 6.2"
    #endif
  }

  /// Of the source tree this program was built from. What a sweep itself writes below `results`
  /// does not make it dirty.
  private static func commit() -> String {
    let sources = URL(filePath: #filePath).deletingLastPathComponent().path
    guard let head = git(["-C", sources, "rev-parse", "HEAD"]), !head.isEmpty,
      let changes = git([
        "-C", sources, "status", "--porcelain", "--", ":/", ":(exclude,top)results",
      ])
    else { return "unknown" }
    return changes.isEmpty ? head : head + "-dirty"
  }

  /// The trimmed output; nil if there is no git or it fails.
  private static func git(_ arguments: [String]) -> String? {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["git"] + arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    do { try process.run() } catch { return nil }
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { return nil }
    return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }

  private static func cpu() -> String {
    value(of: "model name", separator: ":", in: "/proc/cpuinfo") ?? "unknown"
  }

  private static func operatingSystem() -> String {
    value(of: "PRETTY_NAME", separator: "=", in: "/etc/os-release")
      ?? ProcessInfo.processInfo.operatingSystemVersionString
  }

  private static func value(of key: String, separator: Character, in file: String) -> String? {
    guard let data = FileManager.default.contents(atPath: file) else { return nil }
    for line in String(decoding: data, as: UTF8.self).split(separator: "\n")
    where line.hasPrefix(key) {
      guard let at = line.firstIndex(of: separator) else { continue }
      return line[line.index(after: at)...].trimmingCharacters(
        in: CharacterSet(charactersIn: "\"").union(.whitespaces))
    }
    return nil
  }
}
