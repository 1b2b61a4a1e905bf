import Foundation

/// The built `recallbench`, run as a process of its own.
struct Command {
  struct Result {
    var status: Int32
    var output: String
    /// Standard error, line by line.
    var errors: [String]
  }

  /// Beside the test program.
  static let executable: URL = {
    let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return URL(filePath: tests).deletingLastPathComponent().appending(path: "recallbench")
  }()

  let process = Process()
  private let output: URL
  private let errors: URL

  /// Starts the command.
  /// - Parameters:
  ///   - folder: the current folder of the command.
  ///   - limit: of the size of files it writes, in blocks of 1024 bytes.
  ///   - executable: another program.
  ///   - environment: variables besides those of this process, without those that say where data is.
  init(
    _ arguments: [String], in folder: URL, limit: Int? = nil, executable: URL = Self.executable,
    environment: [String: String] = [:]
  ) throws {
    let scratch = FileManager.default.temporaryDirectory
    output = scratch.appending(path: "recallbench-out-\(UUID().uuidString)")
    errors = scratch.appending(path: "recallbench-err-\(UUID().uuidString)")
    for file in [output, errors] { try Data().write(to: file) }
    if let limit {
      process.executableURL = URL(filePath: "/bin/bash")
      process.arguments =
        ["-c", "ulimit -f \(limit) && exec \"$0\" \"$@\"", executable.path] + arguments
    } else {
      process.executableURL = executable
      process.arguments = arguments
    }
    process.currentDirectoryURL = folder
    let places = ["SYNTHIA", "CITYSCAPES", "CAMVID"].map { "RECALLBENCH_" + $0 }
    process.environment = ProcessInfo.processInfo.environment
      .filter { !places.contains($0.key) }.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
  }

  /// Waits for the end, which is brought about after two minutes or the seconds given.
  func finish(within seconds: Double = 120) throws -> Result {
    let end = Date.now.addingTimeInterval(seconds)
    while Date.now < end, process.isRunning { usleep(2000) }
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
    defer { for file in [output, errors] { try? FileManager.default.removeItem(at: file) } }
    let text = try String(contentsOf: errors, encoding: .utf8)
    return Result(
      // A process that a signal ended has the signal's number here, as a shell reports it.
      status: process.terminationReason == .exit
        ? process.terminationStatus : 128 + process.terminationStatus,
      output: try String(contentsOf: output, encoding: .utf8),
      errors: text.split(separator: "\n").map(String.init))
  }

  static func run(
    _ arguments: [String], in folder: URL, limit: Int? = nil, environment: [String: String] = [:]
  ) throws -> Result {
    try Command(arguments, in: folder, limit: limit, environment: environment).finish()
  }

  /// Standard output so far.
  var text: String { (try? String(contentsOf: output, encoding: .utf8)) ?? "" }

  /// Waits until a condition holds while the command runs.
  /// - Returns: false if the command ended or a minute went by first.
  func wait(until condition: () -> Bool) -> Bool {
    let end = Date.now.addingTimeInterval(60)
    while Date.now < end, process.isRunning {
      if condition() { return true }
      usleep(500)
    }
    return condition()
  }
}
