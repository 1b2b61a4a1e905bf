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

  /// Runs scripts of a folder, one after the other in one process: its start is most of the time.
  /// What they draw is put into the folder when it is whole. If one fails, each is run by itself, so
  /// that the others are drawn.
  /// - Throws: `UserError` if gnuplot is missing, with its reason for the first script that fails, or
  ///   if a picture cannot be written.
  static func run(_ scripts: [String], in folder: URL) throws(UserError) {
    guard !scripts.isEmpty else { return }
    guard let executable else {
      throw UserError(
        "gnuplot is not installed: the tables are written, the figure is not; install it "
          + "(make deps) and run the report again")
    }
    let desk = try DrawingDesk(for: folder)
    defer { desk.remove() }
    let failures = try draw(scripts, on: desk, executable)
    try desk.deliver()
    guard let first = failures.first else { return }
    throw UserError(
      path: folder.appending(path: first.script).path,
      problem: "gnuplot failed: \(first.reason)"
        + (failures.count > 1 ? "; so did \(failures.count - 1) more scripts" : ""))
  }

  private typealias Failure = (script: String, reason: String)

  /// - Returns: the scripts that fail.
  private static func draw(
    _ scripts: [String], on desk: DrawingDesk, _ executable: URL
  ) throws(UserError) -> [Failure] {
    if try run(scripts, in: desk.url, executable) == nil { return [] }
    var failures: [Failure] = []
    for script in scripts {
      if let reason = try run([script], in: desk.url, executable) {
        failures.append((script, reason))
      }
    }
    // It was not the scripts. SVG numbers its parts, so that the bits are those of one process.
    if failures.isEmpty, let reason = try run(scripts, in: desk.url, executable) {
      failures.append((scripts[0], reason))
    }
    return failures
  }

  /// - Returns: why gnuplot failed; nil if it did not.
  private static func run(
    _ scripts: [String], in folder: URL, _ executable: URL
  ) throws(UserError) -> String? {
    var program = Program(executable.path, scripts)
    program.folder = folder
    // Numbers as in C, and characters that need no conversion: gnuplot warns of others. Where a system
    // lacks this locale, it takes C's, and the scripts' encoding holds.
    program.environment["LC_ALL"] = "C.UTF-8"
    let outcome = try program.run()
    return outcome.status == 0 ? nil : reason(outcome.errors)
  }

  /// The line that says what is wrong, such as `"a.gp" line 8: all points y value undefined!`, without
  /// warnings and without the script's text that gnuplot repeats above it.
  static func reason(_ text: String) -> String {
    let lines = text.split(whereSeparator: \.isNewline)
      .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    let isWarning = { (line: String) in
      line.range(of: "warning", options: .caseInsensitive) != nil || line.contains("iconv")
    }
    let errors = lines.filter { !isWarning($0) }
    return errors.first { $0.contains(/line \d+:/) } ?? errors.last ?? lines.last
      ?? "it gave no reason"
  }
}
