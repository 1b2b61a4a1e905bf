import Foundation

/// The `swift` on the path, and RecallBench's own source tree, for tests that compile something.
enum SwiftTool {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  static let missing = "no swift on the path"

  /// The folder it is in; nil without one.
  static let folder: URL? = {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    return path.split(separator: ":").map { URL(filePath: String($0)) }
      .first { FileManager.default.isExecutableFile(atPath: $0.appending(path: "swift").path) }
  }()

  static var isThere: Bool { folder != nil }

  /// Runs it with less right to the processor than the other tests have, some of which keep time.
  /// - Parameter name: `swift` or `swiftc`.
  static func run(
    _ name: String = "swift", arguments: [String], in folder: URL = root, seconds: Double = 600
  ) throws -> Command.Result {
    try Command(
      ["nice", "-n", "15", name] + arguments, in: folder, executable: URL(filePath: "/usr/bin/env")
    ).finish(within: seconds)
  }

  #if arch(arm64)
    static let native = ["-Xcc", "-mcpu=native"]
  #else
    static let native = ["-Xcc", "-march=native"]
  #endif

  /// A package outside RecallBench's own; all of them share what is built of their dependencies,
  /// which later runs find again.
  static func package(_ command: String, _ folder: URL) -> [String] {
    [command, "--package-path", folder.path, "--scratch-path", scratch.path, "-c", "release"]
      + native
  }

  static let scratch = root.appending(path: ".build/own-loss")
}
