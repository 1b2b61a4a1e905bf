import Checkpoints
import Files
import Foundation

/// What came of the runs of a bundle.
package struct ImportSummary: Sendable {
  /// The names of the runs that were added, and of those that were there already.
  package var added: [String] = []
  package var known: [String] = []
  /// Runs that have not been trained to their end: what is missing, one line each.
  package var unfinished: [String] = []
  /// Why runs were not added.
  package var refused: [UserError] = []

  /// Notes what is wrong with a run.
  /// - Returns: what `read` returns; nil if it throws.
  fileprivate mutating func refuse<Value>(_ read: () throws -> Value) -> Value? {
    do { return try read() } catch {
      refused.append(error as? UserError ?? UserError(oneLine(error)))
      return nil
    }
  }
}

extension BundleFolder {
  /// Checks what the Python program has left and adds it to a folder of results.
  ///
  /// - Parameter output: a new folder or one of a sweep.
  /// - Throws: `UserError` if nothing can be added there; what is wrong with single runs is in the summary.
  package func importRuns(into output: URL) throws -> ImportSummary {
    try checkIsOutside(output)
    let sweep = SweepFolder(output)
    try AtomicFile.createFolder(output)
    let claim = try sweep.claimAll()
    defer { claim.release() }
    let reader = ReturnedRunReader(bundle: self)
    let stored = sweep.holdsRuns ? try sweep.loadStored().records : []
    var (summary, returned) = (ImportSummary(), [ReturnedRun]())
    for run in document.runs {
      if let state = try unfinished(run) {
        summary.unfinished.append("\(run.name): \(state)")
        continue
      }
      let outcome = summary.refuse {
        var read = try reader.read(run)
        read.record.folder = sweep.runs.appending(path: run.name)
        return (read, try isKnown(read.record, in: stored))
      }
      guard let (read, isKnown) = outcome else { continue }
      if isKnown { summary.known.append(run.name) } else { returned.append(read) }
    }
    try checkEngines(stored + returned.map(\.record), in: output)
    try checkSameImages(stored + returned.map(\.record))
    for run in returned {
      // One run's weights at a time: a hundred runs' would not fit in memory.
      guard let weights = summary.refuse({ try run.weights() }) else { continue }
      try add(run.record, weights, to: sweep)
      summary.added.append(run.record.name)
    }
    if !(summary.added + summary.known).isEmpty {
      try SweepPlan(name: document.sweep, runs: runs).save(to: output, adding: true)
    }
    return summary
  }

  /// The bundle's own files have the names of those of results, which would replace them.
  private func checkIsOutside(_ output: URL) throws(UserError) {
    func parts(_ url: URL) -> [String] {
      url.absoluteURL.standardizedFileURL.resolvingSymlinksInPath().pathComponents
    }
    guard !parts(output).starts(with: parts(url)) else {
      throw UserError(
        path: output.path,
        problem: "is in the bundle; name a folder of results with --output")
    }
  }

  /// Why there is nothing to read of a run; nil if it is finished.
  private func unfinished(_ run: BundleDocument.Run) throws -> String? {
    func has(_ name: String) -> Bool {
      FileManager.default.fileExists(atPath: folder(of: run).appending(path: name).path)
    }
    // Without the list, what is there is damaged, which is said when it is read.
    if has(ReturnedFiles.sums) || has(ReturnedFiles.record) && !has(ReturnedFiles.checkpoint) {
      return nil
    }
    return has(ReturnedFiles.checkpoint)
      ? "stopped half-way; python run.py goes on from its checkpoint" : "not trained yet"
  }

  /// Whether the run is stored already, with the same results.
  /// - Throws: `UserError` if another training of it is stored.
  private func isKnown(_ record: RunRecord, in stored: [RunRecord]) throws -> Bool {
    guard let other = stored.first(where: { $0.name == record.name }) else { return false }
    if other.environment.engine == record.environment.engine,
      record.differences(from: other).isEmpty
    {
      return true
    }
    throw UserError(
      path: other.folder.path,
      problem: "is another training of this run (by \(other.environment.trainedBy)); name another "
        + "--output, or remove that folder")
  }

  private func add(
    _ record: RunRecord, _ weights: [NamedArray], to sweep: SweepFolder
  ) throws {
    let folder = try RunFolder(sweep, configuration: record.configuration)
    try folder.prepare()
    var record = record
    record.weightsSeal = try folder.saveWeights(weights)
    try folder.finish(record)
  }
}
