import ArgumentParser
import Experiments
import Files
import Foundation

struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Show how far the runs of a sweep are.",
    discussion: """
      This command reads the output folder of a sweep, from any machine that sees it, whether or not \
      sweeps are at work there, and changes nothing. For each run it prints whether it is done, \
      running (where, how far, and the time left), deserted (its process has ended without a word; \
      the next sweep goes on with it from its last checkpoint), waiting, or failed, and why. The \
      processes that train say how far they are every quarter of a minute.

        recallbench status results/quick
        recallbench status results/quick --watch 10
      """)

  @Argument(help: "Output folder of a sweep.", completion: .directory)
  var folder: String
  @Option(
    help: ArgumentHelp(
      "Show it again every so many seconds until no process is at work.", valueName: "seconds"))
  var watch: Double?
  @Flag(help: "Only the runs that are not done.")
  var open = false

  func validate() throws {
    if let watch, !(1...86_400).contains(watch) {
      throw ValidationError("--watch must be from 1 to 86400.")
    }
  }

  func run() throws {
    let sweep = SweepFolder(URL(filePath: folder))
    var status = try SweepStatus(sweep)
    show(status)
    guard let watch else { return }
    while !status.isIdle {
      usleep(UInt32(watch * 1e6))
      status = try SweepStatus(sweep)
      show(status)
    }
  }

  private func show(_ status: SweepStatus) {
    // On a terminal, the new lines take the place of the old ones.
    if watch != nil, Terminal.columns != nil { Terminal.write("\u{1b}[H\u{1b}[2J") }
    for row in status.rows where !open || row.state != .done {
      print("\(row.state.word)  \(row.configuration.label)\(row.state.details)")
    }
    print(status.summary)
  }
}

extension SweepStatus.State {
  /// All of one length.
  fileprivate var word: String {
    switch self {
    case .done: "done    "
    case .running: "running "
    case .deserted: "deserted"
    case .failed: "FAILED  "
    case .waiting: "waiting "
    }
  }

  fileprivate var details: String {
    switch self {
    case .done, .waiting(hasCheckpoint: false): return ""
    case .waiting(hasCheckpoint: true): return ": goes on from its checkpoint"
    case .failed(let reason): return ": \(reason)"
    case .deserted(let record): return record.map { ": \($0.ownerText) has ended" } ?? ""
    case .running(let record, let silence):
      guard let record else { return "" }
      let silent = silence > 60 ? ", no sign of life for \(duration(silence))" : ""
      return ": \(record.progress.map { "\($0.text), " } ?? "")\(record.ownerText)\(silent)"
    }
  }
}

extension ClaimedProgress {
  fileprivate var text: String {
    if isEvaluating { return "\(iteration)/\(iterations) images evaluated" }
    return "step \(iteration)/\(iterations)"
      + (secondsLeft.map { ", \(duration($0)) left" } ?? "")
  }
}

extension SweepStatus {
  fileprivate var summary: String {
    let words = rows.map { $0.state.word.trimmingCharacters(in: .whitespaces) }
    let counts = ["done", "running", "deserted", "waiting", "FAILED"].compactMap { word in
      let count = words.count { $0 == word }
      return count == 0 ? nil : "\(count) \(word.lowercased())"
    }
    return "\(visible(name)): \(counted(rows.count, "run")): \(counts.joined(separator: ", "))"
      + (secondsLeft.map { "; about \(duration($0)) left at this pace" } ?? "")
  }
}

private func duration(_ seconds: Double) -> String { ProgressReporter.duration(seconds) }
