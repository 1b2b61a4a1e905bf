import Files
import Foundation
import FuzzTargets

/// What came of one target.
struct TargetTally {
  let target: FuzzTarget
  var executions = 0
  var seconds = 0.0
  var distinct = 0
  var peak = 0
  var ends: [String: Int] = [:]

  /// With other faults, by name.
  var findings: Int { ends.values.reduce(0, +) }
}

/// Runs all targets, several at a time, each for its part of the time.
final class Campaign {
  private let seed: UInt64
  private let fixtures: URL
  private let findings: URL
  private(set) var tallies: [TargetTally] = []
  private var known: [String: Int] = [:]
  private var waiting: [FuzzTarget]
  private let secondsEach: Double
  private let jobs: Int

  init(
    _ targets: [FuzzTarget], seconds: Double, seed: UInt64, jobs: Int, fixtures: URL, findings: URL
  ) {
    (self.seed, self.fixtures, self.findings) = (seed, fixtures, findings)
    self.jobs = min(jobs, targets.count)
    waiting = targets.reversed()
    secondsEach = seconds * Double(self.jobs) / Double(targets.count)
  }

  /// A target's work in progress.
  private struct Work {
    var tally: TargetTally
    var process: WorkerProcess
    /// When its time is over.
    var end: Int
  }

  func run(_ report: (TargetTally) -> Void) throws {
    var working: [Work] = []
    while !waiting.isEmpty || !working.isEmpty {
      while working.count < jobs, let target = waiting.popLast() {
        let end = SharedState.now + Int(secondsEach * 1e9)
        working.append(try begin(TargetTally(target: target), until: end))
      }
      usleep(20_000)
      var kept: [Work] = []
      for work in working {
        guard let end = work.process.poll() else {
          kept.append(work)
          continue
        }
        if let next = try continued(work, after: end) { kept.append(next) }
      }
      for tally in tallies.suffix(working.count - kept.count) { report(tally) }
      working = kept
    }
    let order = FuzzTarget.all.map(\.name)
    tallies.sort {
      (order.firstIndex(of: $0.target.name) ?? 0) < (order.firstIndex(of: $1.target.name) ?? 0)
    }
  }

  private func begin(_ tally: TargetTally, until end: Int) throws -> Work {
    let seconds = Double(end - SharedState.now) * 1e-9
    let process = try WorkerProcess([
      "draw", tally.target.name, fixtures.path, "\(seed)", "\(tally.executions)", "\(seconds)",
    ])
    return Work(tally: tally, process: process, end: end)
  }

  private func continued(_ work: Work, after end: WorkerProcess.End) throws -> Work? {
    let state = work.process.state
    var tally = work.tally
    tally.seconds += Double(state[.elapsed]) * 1e-9
    // The input that ended the worker was read too.
    tally.executions += state[.executions] + (state[.started] > 0 ? 1 : 0)
    tally.distinct = max(tally.distinct, state[.distinct])
    tally.peak = max(tally.peak, state[.peak])
    var until = work.end
    if end.isFinding {
      tally.ends[end.name, default: 0] += 1
      let start = SharedState.now
      try keep(
        Finding(target: tally.target, end: end, reason: work.process.reason, input: state.input))
      // Making an input smaller takes none of the target's time.
      until += SharedState.now - start
    }
    if SharedState.now < until { return try begin(tally, until: until) }
    tallies.append(tally)
    return nil
  }

  /// Stores the first three inputs of a kind, as small as they get.
  private func keep(_ finding: Finding) throws {
    known[finding.key, default: 0] += 1
    guard let count = known[finding.key], count <= 3 else { return }
    let smallest = count == 1 ? try finding.minimized(fixtures) : finding
    let file = try smallest.store(in: findings)
    print("\(finding.target.name): \(finding.end.name) \(finding.reason): \(file.path)")
  }
}
