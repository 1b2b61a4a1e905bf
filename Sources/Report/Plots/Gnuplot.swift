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

  /// Runs scripts of a folder; see `Drawing`.
  static func run(_ scripts: [String], in folder: URL) throws(UserError) {
    try Drawing(scripts, in: folder)?.finish()
  }

  /// What gnuplot draws, in a process beside this one: scripts of a folder, one after the other in one
  /// process, since SVG numbers its parts.
  struct Drawing {
    private let scripts: [String]
    private let folder: URL
    private let desk: DrawingDesk
    private let executable: URL
    private let started: Program.Started

    /// Starts it; nil if there is no script. `finish` must be called, once.
    /// - Throws: `UserError` if gnuplot is missing or cannot be started.
    init?(_ scripts: [String], in folder: URL) throws(UserError) {
      guard !scripts.isEmpty else { return nil }
      guard let executable = Gnuplot.executable else {
        throw UserError(
          "gnuplot is not installed: the tables are written, the figure is not; install it "
            + "(make deps) and run the report again")
      }
      (self.scripts, self.folder, self.executable) = (scripts, folder, executable)
      desk = try DrawingDesk(for: folder)
      do throws(UserError) {
        started = try Gnuplot.program(scripts, in: desk.url, executable).start()
      } catch {
        desk.remove()
        throw error
      }
    }

    /// Waits for its end, and puts what was drawn into the folder when it is whole. If a script
    /// fails, each is run by itself, so that the others are drawn.
    /// - Throws: `UserError` with gnuplot's reason for the first script that fails, or if a picture
    ///   cannot be written.
    func finish() throws(UserError) {
      defer { desk.remove() }
      let failures =
        started.wait().status == 0 ? [] : try Gnuplot.drawEach(scripts, on: desk, executable)
      try desk.deliver()
      guard let first = failures.first else { return }
      throw UserError(
        path: folder.appending(path: first.script).path,
        problem: "gnuplot failed: \(first.reason)"
          + (failures.count > 1 ? "; so did \(failures.count - 1) more scripts" : ""))
    }
  }

  private typealias Failure = (script: String, reason: String)

  /// - Returns: the scripts that fail.
  private static func drawEach(
    _ scripts: [String], on desk: DrawingDesk, _ executable: URL
  ) throws(UserError) -> [Failure] {
    func reason(_ scripts: [String]) throws(UserError) -> String? {
      let outcome = try program(scripts, in: desk.url, executable).run()
      return outcome.status == 0 ? nil : Self.reason(outcome.errors)
    }
    var failures: [Failure] = []
    for script in scripts {
      if let reason = try reason([script]) { failures.append((script, reason)) }
    }
    // It was not the scripts. SVG numbers its parts, so that the bits are those of one process.
    if failures.isEmpty, let reason = try reason(scripts) { failures.append((scripts[0], reason)) }
    return failures
  }

  private static func program(
    _ scripts: [String], in folder: URL, _ executable: URL
  ) -> Program {
    var program = Program(executable.path, scripts)
    program.folder = folder
    // Numbers as in C, and characters that need no conversion: gnuplot warns of others. Where a system
    // lacks this locale, it takes C's, and the scripts' encoding holds.
    program.environment["LC_ALL"] = "C.UTF-8"
    return program
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
