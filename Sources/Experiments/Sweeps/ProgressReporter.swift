import Files
import Foundation
import Metrics

/// Reports a sweep's progress. On a terminal, a line for each run in progress is rewritten in place;
/// otherwise, there are plain lines when a run starts, is validated and ends, and now and then in
/// between.
package final class ProgressReporter {
  private static let secondsBetweenLines = 30.0
  private static let secondsBetweenDrawings = 0.2

  private let total: Int
  private let jobs: Int
  private let clock: () -> Double
  private let screen: RewrittenLines?
  private let output: (String) -> Void
  private var done = 0
  private var running: [RunningRun] = []
  private var waiting: [RunConfiguration]
  private var estimate = TimeEstimate()
  private var lastDrawing = -Double.infinity
  private var isClosed = false
  /// The runs of others that this process has said to wait for.
  private var waitedFor: Set<String> = []

  /// - Parameters:
  ///   - runs: all runs of the sweep, including those already done.
  ///   - columns: the terminal's width; nil if the output is not a terminal.
  ///   - clock: returns the time in seconds.
  ///   - output: writes text verbatim.
  package init(
    runs: [RunConfiguration], jobs: Int, columns: Int?,
    clock: @escaping () -> Double = { ProcessInfo.processInfo.systemUptime },
    output: @escaping (String) -> Void
  ) {
    (total, waiting, self.jobs) = (runs.count, runs, max(1, jobs))
    self.clock = clock
    self.output = output
    screen = columns.map { RewrittenLines(columns: $0, output: output) }
  }

  package func handle(_ event: RunQueue.Event) {
    switch event {
    case .skipped(let folder):
      done += 1
      waiting.removeFirst(folder.configuration)
    case .started(let folder):
      waiting.removeFirst(folder.configuration)
      running.append(RunningRun(folder: folder, time: clock()))
      if screen == nil { line("start   \(folder.configuration.label)") }
    case .progress(let folder, let progress): update(folder, progress)
    case .finished(let folder, let record):
      end(folder, "\(folder.configuration.label): \(Self.scores(record))", "done   ")
    case .unread(let folder, let reason):
      end(folder, "\(folder.configuration.label): stored, but not read back: \(reason)", "done   ")
    case .failed(let folder, let reason):
      end(folder, "\(folder.configuration.label): \(reason)", "FAILED ")
    case .interrupted(let folder):
      running.removeAll { $0.folder.url == folder.url }
      line("stopped \(folder.configuration.label)")
    case .elsewhere(let folder):
      end(folder, "\(folder.configuration.label): trained by another process", "done   ")
    case .lost(let folder):
      running.removeAll { $0.folder.url == folder.url }
      waiting.append(folder.configuration)
      line("lost    \(folder.configuration.label): another process goes on with it")
    case .waiting(let owners): wait(for: owners)
    }
    redraw()
  }

  /// Shows that time goes by, also where no run has anything to report.
  package func tick() { redraw() }

  /// Clears the rewritten lines from the terminal; there are none from here on.
  package func close() {
    screen?.clear()
    isClosed = true
  }

  /// Says once for whom this process waits.
  private func wait(for owners: [ClaimFolder.Standing]) {
    guard running.isEmpty else { return }
    let names = Set(owners.map(\.name))
    guard !names.isSubset(of: waitedFor) else { return }
    waitedFor = names
    let processes = Set(owners.map(\.ownerText)).sorted().joined(separator: "; ")
    line("other processes train the last \(counted(owners.count, "run")): \(processes)")
  }

  private func update(_ folder: RunFolder, _ progress: RunProgress) {
    guard let index = running.firstIndex(where: { $0.folder.url == folder.url }) else { return }
    let now = clock()
    let (iterations, seconds) = running[index].update(progress, now)
    // The iterations that a resumed run did before were not measured.
    if iterations > 0, seconds > 0 {
      estimate.add(folder.configuration, iterations: iterations, seconds: seconds)
    }
    guard screen == nil else { return }
    if let validation = progress.validation {
      line("valid   \(folder.configuration.label): \(Self.scores(validation))")
    }
    if now - running[index].lastLine >= Self.secondsBetweenLines {
      running[index].lastLine = now
      line("\(head) \(running[index].status)")
    }
  }

  private func end(_ folder: RunFolder, _ text: String, _ word: String) {
    if let index = running.firstIndex(where: { $0.folder.url == folder.url }) {
      let run = running.remove(at: index)
      if run.isTrained, word != "FAILED " {
        estimate.add(folder.configuration, evaluationSeconds: clock() - run.lastStep)
      }
    } else {
      waiting.removeFirst(folder.configuration)
    }
    done += 1
    // On a terminal the time would stay there and be wrong later.
    line("\(word) [\(done)/\(total)] \(text)\(screen == nil ? timeLeft : "")")
  }

  private func line(_ text: String) {
    // Names of losses and files come from outside.
    guard let screen else { return output("\(visible(text))\n") }
    // Without the run that has just ended.
    screen.write(visible(text), above: isClosed ? [] : rewritten)
  }

  private func redraw() {
    guard let screen, !isClosed, clock() - lastDrawing >= Self.secondsBetweenDrawings else {
      return
    }
    lastDrawing = clock()
    screen.draw(rewritten)
  }

  /// The lines of the runs in progress; none when all have ended.
  private var rewritten: [String] {
    if running.isEmpty, waiting.isEmpty { return [] }
    let statuses = running.map(\.status)
    let lines = statuses.count > 1 ? [head] + statuses : ["\(head) " + statuses.joined()]
    return lines.map { visible($0) }
  }

  private var head: String { "[\(done)/\(total)\(timeLeft)]" }

  /// The remaining time, such as `, 12 min left`; empty if unknown or if nothing is left.
  private var timeLeft: String {
    let now = clock()
    let (running, waiting) = (
      running.map { $0.secondsLeft(estimate, now) }, waiting.map { estimate.seconds(of: $0) }
    )
    guard done < total, !running.contains(nil), !waiting.contains(nil) else { return "" }
    let seconds = TimeEstimate.total(
      running: running.compactMap(\.self), waiting: waiting.compactMap(\.self), jobs: jobs)
    return ", \(Self.duration(seconds)) left"
  }

  package static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite else { return "?" }
    if seconds < 90 { return "\(Int(max(0, seconds).rounded())) s" }
    let minutes = Int(min(seconds / 60, 1e9).rounded())
    return minutes < 90 ? "\(minutes) min" : "\(minutes / 60) h \(minutes % 60) min"
  }

  private static func scores(_ record: RunRecord) -> String {
    let confusion = record.confusion
    return "mean accuracy \(percent(confusion.meanAccuracy)), "
      + "mean IoU \(percent(confusion.meanIoU)) percent" + unlabeled(record)
  }

  /// Batches without a labeled pixel, if there were any.
  private static func unlabeled(_ record: RunRecord) -> String {
    let batches = record.history.reduce(0) { $0 + ($1.unlabeledBatches ?? 0) }
    let all = record.configuration.training.iterations
    return batches == 0 ? "" : "; \(batches) of \(all) batches had no labeled pixel"
  }

  private static func scores(_ validation: RunProgress.Validation) -> String {
    "iteration \(validation.iteration), mean accuracy \(percent(validation.meanAccuracy)), "
      + "mean IoU \(percent(validation.meanIoU)) percent on the validation split"
  }
}

/// `31.42`; a dash where there is no number.
private func percent(_ fraction: Double?) -> String {
  fraction.map { String(format: "%.2f", 100 * $0) } ?? "-"
}

/// A run in progress.
private struct RunningRun {
  let folder: RunFolder
  private var progress: RunProgress?
  private var validation: RunProgress.Validation?
  /// The time of the last report, on the reporter's clock.
  private var time: Double
  /// The time of the last training step.
  private(set) var lastStep: Double
  /// The time of its last plain line.
  var lastLine: Double

  init(folder: RunFolder, time: Double) {
    (self.folder, self.time, lastStep, lastLine) = (folder, time, time, time)
  }

  private var configuration: RunConfiguration { folder.configuration }

  /// - Returns: the training steps since the last report, and the time that they took.
  mutating func update(_ new: RunProgress, _ now: Double) -> (iterations: Int, seconds: Double) {
    defer { (progress, time, validation) = (new, now, new.validation ?? validation) }
    guard new.phase == .training else { return (0, 0) }
    lastStep = now
    // The first report of a run resumed from a checkpoint includes the iterations done before.
    guard progress != nil || new.iteration <= 1 else { return (0, 0) }
    return (new.iteration - (progress?.iteration ?? 0), now - time)
  }

  /// Whether all steps are done.
  var isTrained: Bool {
    guard let progress else { return false }
    return progress.phase == .evaluating || progress.iteration == progress.iterations
  }

  /// Nil before anything has been measured. What is being done since the last report counts.
  func secondsLeft(_ estimate: TimeEstimate, _ now: Double) -> Double? {
    guard isTrained, let progress else {
      return estimate.seconds(of: configuration, from: progress?.iteration ?? 0)
        .map { max(0, $0 - (now - time)) }
    }
    guard progress.phase == .evaluating, progress.iteration > 0 else {
      return max(0, estimate.evaluationSeconds(of: configuration) - (now - lastStep))
    }
    let each = (time - lastStep) / Double(progress.iteration)
    return max(0, each * Double(progress.iterations - progress.iteration) - (now - time))
  }

  var status: String {
    let label = configuration.label
    guard let progress else { return label }
    let place = "\(label) \(progress.iteration)/\(progress.iterations)"
    let scores = validation.map { ", val. IoU \(percent($0.meanIoU)) at \($0.iteration)" } ?? ""
    guard progress.phase == .training else { return "\(place) images evaluated\(scores)" }
    let loss = String(format: "%.4g", progress.loss)
    let speed = String(format: "%.1f", progress.imagesPerSecond)
    return "\(place) loss \(loss)\(scores) \(speed) images/s"
  }
}

extension [RunConfiguration] {
  fileprivate mutating func removeFirst(_ run: RunConfiguration) {
    if let index = firstIndex(of: run) { remove(at: index) }
  }
}
