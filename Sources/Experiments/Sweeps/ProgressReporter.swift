import Foundation
import Metrics

/// Reports a sweep's progress: one line rewritten in place on a terminal; otherwise, plain lines
/// when a run starts and ends, and periodically in between.
package final class ProgressReporter {
  private struct Running {
    var folder: RunFolder
    var progress: RunProgress?
    /// The time of the last report, on the reporter's clock.
    var time: Double
  }

  private let isTerminal: Bool
  /// The terminal's width in characters.
  private let columns: Int
  private let total: Int
  private let clock: () -> Double
  private let output: (String) -> Void
  private var done = 0
  private var running: [Running] = []
  private var estimate: TimeEstimate
  private var lastLine = -Double.infinity

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
    total = runs.count
    isTerminal = columns != nil
    self.columns = columns ?? 0
    self.clock = clock
    self.output = output
    estimate = TimeEstimate(runs: runs, jobs: jobs)
  }

  package func handle(_ event: RunQueue.Event) {
    switch event {
    case .skipped(let folder):
      done += 1
      estimate.add(
        folder.configuration, iterations: folder.configuration.training.iterations, seconds: 0)
    case .started(let folder):
      running.append(Running(folder: folder, progress: nil, time: clock()))
      if !isTerminal { line("start   \(folder.configuration.label)") }
    case .progress(let folder, let progress): update(folder, progress)
    case .finished(let folder, let record):
      end(folder, "\(folder.configuration.label): \(Self.scores(record))", "done   ")
    case .failed(let folder, let reason):
      end(folder, "\(folder.configuration.label): \(reason)", "FAILED ")
    case .interrupted(let folder):
      running.removeAll { $0.folder.url == folder.url }
      line("stopped \(folder.configuration.label)")
    }
    if isTerminal { redraw() }
  }

  /// Clears the rewritten line from the terminal.
  package func close() { if isTerminal { output("\r\u{1b}[K") } }

  private func update(_ folder: RunFolder, _ progress: RunProgress) {
    guard let index = running.firstIndex(where: { $0.folder.url == folder.url }) else { return }
    let now = clock()
    if progress.phase == .training {
      let last = running[index].progress
      // The first report of a run resumed from a checkpoint includes the iterations done before.
      let isFirst = last == nil && progress.iteration > 1
      estimate.add(
        folder.configuration, iterations: progress.iteration - (last?.iteration ?? 0),
        seconds: isFirst ? 0 : now - running[index].time)
    }
    running[index].progress = progress
    running[index].time = now
    if !isTerminal, now - lastLine >= 30 { line(status) }
  }

  private func end(_ folder: RunFolder, _ text: String, _ word: String) {
    if let index = running.firstIndex(where: { $0.folder.url == folder.url }) {
      let all = folder.configuration.training.iterations
      var reached = 0
      if let last = running[index].progress {
        reached = last.phase == .training ? last.iteration : all
      }
      estimate.add(folder.configuration, iterations: all - reached, seconds: 0)
      running.remove(at: index)
    }
    done += 1
    line("\(word) [\(done)/\(total)] \(text)\(timeLeft)")
  }

  private func line(_ text: String) {
    output(isTerminal ? "\r\u{1b}[K\(text)\n" : "\(text)\n")
    lastLine = clock()
  }

  private func redraw() {
    let now = clock()
    guard now - lastLine >= 0.2 else { return }
    lastLine = now
    output("\r\u{1b}[K" + status.prefix(max(20, columns - 1)))
  }

  private var status: String {
    let runs = running.map { running in
      let label = running.folder.configuration.label
      guard let progress = running.progress else { return label }
      let place = "\(label) \(progress.iteration)/\(progress.iterations)"
      guard progress.phase == .training else { return "\(place) images evaluated" }
      let loss = String(format: "%.4g", progress.loss)
      let speed = String(format: "%.1f", progress.imagesPerSecond)
      return "\(place) loss \(loss) \(speed) images/s"
    }
    return "[\(done)/\(total)\(timeLeft)] " + runs.joined(separator: " | ")
  }

  /// The remaining time, such as `, 12 min left`; empty if unknown or if nothing is left.
  private var timeLeft: String {
    guard done < total, let seconds = estimate.seconds else { return "" }
    return ", \(Self.duration(seconds)) left"
  }

  package static func duration(_ seconds: Double) -> String {
    if seconds < 90 { return "\(Int(max(0, seconds).rounded())) s" }
    let minutes = Int(min(seconds / 60, 1e9).rounded())
    return minutes < 90 ? "\(minutes) min" : "\(minutes / 60) h \(minutes % 60) min"
  }

  private static func scores(_ record: RunRecord) -> String {
    func percent(_ fraction: Double?) -> String {
      fraction.map { String(format: "%.2f", 100 * $0) } ?? "-"
    }
    let confusion = record.confusion
    return "mean accuracy \(percent(confusion.meanAccuracy)), "
      + "mean IoU \(percent(confusion.meanIoU)) percent"
  }
}
