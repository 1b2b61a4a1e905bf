import ArgumentParser
import Experiments
import Files
import Foundation

/// What trains runs: a sweep, or a search followed by one.
protocol Session {
  var output: URL { get }
  var threads: Int { get }
  /// The number of its runs, as far as it is known.
  var runCount: Int { get }
  /// The sweep of the runs, whose file may say where data is.
  var sweep: Sweep { get }
  func run(isInterrupted: @escaping @Sendable () -> Bool) throws -> RunQueue.Outcome
}

extension SweepExecution: Session {
  var runCount: Int { runs.count }
}

extension TuningExecution: Session {
  var sweep: Sweep { session.sweep }
  var output: URL { session.output }
  var threads: Int { session.threads }
  var runCount: Int { (try? runs().count) ?? 0 }
}

/// Runs a session and makes a report, also if some runs failed.
func runSession(_ session: some Session, reportingWith data: DataOptions) throws {
  if Launch.isFollower { return try runSession(session) }
  let report = try ReportCommand.parse(
    [session.output.relativePath, "--threads", "\(session.threads)"] + data.arguments
      + session.sweep.placeArguments(besides: data.folders()))
  do { try runSession(session) } catch let exit as ExitCode where exit.rawValue == 1 {
    try report.run()
    throw exit
  }
  try report.run()
}

/// Runs a session to its end, reports how it went, and ends the command accordingly.
func runSession(_ session: some Session) throws {
  Interruption.install(silently: Launch.isFollower)
  if let problem = BLASStart.choice.warning { warn(problem) }
  let outcome: RunQueue.Outcome
  do {
    // Whatever came of it, the ranks have then ended their common work.
    defer { Launch.part() }
    outcome = try session.run { Interruption.isRequested }
  }
  if Launch.isFollower { return }
  if !outcome.failures.isEmpty { report(outcome.failures, of: session.runCount) }
  if outcome.isInterrupted {
    Interruption.explain()
    throw ExitCode(Interruption.exitStatus)
  }
  if !outcome.failures.isEmpty { throw ExitCode(1) }
  print(
    "\(counted(outcome.finished, "run")) trained, \(outcome.skipped) "
      + "\(outcome.skipped == 1 ? "was" : "were") done before\(others(outcome)); "
      + "tables and figures: \(ProgramName.current) report \(shellQuoted(session.output.relativePath))"
  )
}

/// What other processes did and do, if any.
private func others(_ outcome: RunQueue.Outcome) -> String {
  (outcome.elsewhere == 0 ? "" : ", \(outcome.elsewhere) by other processes meanwhile")
    + (outcome.left == 0 ? "" : ", \(outcome.left) left to other processes")
}

/// Writes a line for each reason, with the runs that failed for it.
private func report(_ failures: [RunQueue.Failure], of total: Int) {
  var reasons: [String] = []
  for failure in failures where !reasons.contains(failure.reason) { reasons.append(failure.reason) }
  for reason in reasons {
    let runs = failures.filter { $0.reason == reason }.map(\.configuration.label)
    let text =
      "error: \(runs.count) of \(counted(total, "run")) failed: \(reason) [\(runs.joined(separator: ", "))]"
    StandardStreams.writeMessage(visible(text) + "\n")
  }
}
