import Files
import Foundation

/// The gnuplot program.
enum Gnuplot {
  /// Looked for on `PATH`; nil if it is not there.
  static var executable: URL? {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin"
    return path.split(separator: ":").lazy
      .map { URL(filePath: String($0)).appending(path: "gnuplot") }
      .first { FileManager.default.isExecutableFile(atPath: $0.path) }
  }

  /// Runs scripts in their folder, one after the other in one process: its start is most of the time.
  /// - Throws: `UserError` if gnuplot is missing or fails; with its own words then.
  static func run(_ scripts: [String], in folder: URL) throws {
    guard let executable else {
      throw UserError(
        "gnuplot is not installed: the tables are written, the figure is not; install it "
          + "(make deps) and run the report again")
    }
    let process = Process()
    process.executableURL = executable
    process.arguments = scripts
    process.currentDirectoryURL = folder
    var environment = ProcessInfo.processInfo.environment
    // Numbers as in C, and characters that need no conversion: gnuplot warns of others.
    environment["LC_ALL"] = "C.UTF-8"
    process.environment = environment
    let errors = Pipe()
    process.standardOutput = FileHandle.nullDevice
    process.standardError = errors
    do {
      try process.run()
    } catch {
      throw UserError("\(executable.path) cannot be started: \(error.localizedDescription)")
    }
    let said = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      let text = String(decoding: said, as: UTF8.self)
        .split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
        .filter { !$0.isEmpty }.joined(separator: " ")
      throw UserError("gnuplot failed in \(folder.path): \(text)")
    }
  }
}
