import ArgumentParser
import Experiments
import Files
import Foundation

/// Whether a sweep keeps finished runs without weights.
struct KeepOptions: ParsableArguments {
  @Flag(
    help: "Count finished runs without weights as done, instead of training them again.")
  var keep = false
  @Flag(help: "Keep finished runs although they were made by different code.")
  var acceptOtherCode = false

  var keeping: Keeping? { keep ? Keeping(acceptsOtherCode: acceptOtherCode) : nil }

  /// Prints the runs and their states, after the checks that need no data.
  func list(_ sweep: Sweep, _ runs: [RunConfiguration], _ output: URL) throws {
    let kept = try keeping.map { try KeptRuns(SweepFolder(output), $0) }
    let states = try runs.map { run in
      let folder = try RunFolder(SweepFolder(output), configuration: run)
      return (folder, kept?.contains(folder) == true ? folder.keptState : folder.state)
    }
    if states.contains(where: { !["done", "kept"].contains($0.1) }) {
      try kept?.check(sweep, runs)
    }
    for (folder, state) in states {
      print("\(state)  \(folder.configuration.label)  \(folder.url.lastPathComponent)")
    }
    print(counted(runs.count, "run") + (keep ? "" : note(states.map(\.1))))
  }

  private func note(_ states: [String]) -> String {
    let count = states.count { $0 == "redo" }
    return count == 0
      ? "" : "; \(count) to redo are stored without weights, and --keep would keep them"
  }
}

extension RunFolder {
  fileprivate var state: String {
    if isDone { return "done" }
    if RunFolder.holdsRun(url) { return "redo" }
    return FileManager.default.fileExists(atPath: url.path) ? "half" : "open"
  }

  fileprivate var keptState: String { isDone ? "done" : "kept" }
}
