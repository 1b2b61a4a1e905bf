import Files
import Foundation
import FuzzTargets

/// The outcome of a campaign for readers.
struct FuzzTable {
  let tallies: [TargetTally]
  let seconds: Double
  let seed: UInt64

  private static let header = [
    "target", "what is read", "inputs", "seconds", "inputs/s", "outcomes", "traps", "hangs",
    "memory",
    "other errors", "peak MB",
  ]

  private var rows: [[String]] {
    tallies.map { tally in
      let rate = tally.seconds > 0 ? Double(tally.executions) / tally.seconds : 0
      let ends = ["trap", "hang", "memory", "other"].map { "\(tally.ends[$0] ?? 0)" }
      return [
        tally.target.name, tally.target.title, "\(tally.executions)",
        "\(Int(tally.seconds.rounded()))", "\(Int(rate.rounded()))", "\(tally.distinct)",
      ] + ends + ["\(tally.peak >> 20)"]
    } + [total]
  }

  private var total: [String] {
    let ends = ["trap", "hang", "memory", "other"].map { kind in
      "\(tallies.reduce(0) { $0 + ($1.ends[kind] ?? 0) })"
    }
    let executions = tallies.reduce(0) { $0 + $1.executions }
    return [
      "all", "", "\(executions)", "\(Int(tallies.reduce(0) { $0 + $1.seconds }.rounded()))", "",
      "\(tallies.reduce(0) { $0 + $1.distinct })",
    ] + ends + ["\((tallies.map(\.peak).max() ?? 0) >> 20)"]
  }

  var findings: Int { tallies.reduce(0) { $0 + $1.findings } }

  var text: String {
    let rows = [Self.header] + rows
    let widths = Self.header.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      zip(row, widths).map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) }
        .joined(separator: "  ")
    }.joined(separator: "\n")
  }

  /// - Parameters:
  ///   - machine: what it ran on.
  ///   - commit: the version of the source tree.
  func markdown(machine: String, commit: String) -> String {
    let lines = [Self.header, Self.header.map { _ in "---" }] + rows
    return """
      # What `make fuzz` last found

      \(Int(seconds.rounded())) seconds with seed \(seed), on \(machine), at commit \(commit). An *input* is one file, \
      read by all that reads such files in the commands; *outcomes* are the different results and messages that were \
      met. A hang is an input that takes more than \(Int(WorkerProcess.patience)) seconds; *memory* one that takes more \
      than [the limits](../../docs/policy.md#limits-of-what-is-read) allow; *other errors* are those that are not one \
      line for the user. Seconds are those of the workers, several of which run at once.

      \(lines.map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n"))

      """
  }
}
