import Files
import Foundation

/// The finished runs of a folder, and those that are not counted.
package struct StoredRuns: Sendable {
  package struct LeftOut: Sendable {
    package var folder: URL
    package var error: UserError
    /// Nil where it cannot be read.
    package var configuration: RunConfiguration?

    init(folder: URL, error: UserError, configuration: RunConfiguration? = nil) {
      (self.folder, self.error, self.configuration) = (folder, error, configuration)
    }

    init(copy: URL, of name: String) {
      self.init(
        folder: copy,
        error: UserError(
          path: copy.path,
          problem: "is a copy of the run \(name), which counts once; remove the copy"))
    }

    init(secondLine folder: URL) {
      self.init(
        folder: folder,
        error: UserError(
          path: folder.path,
          problem: "is stored twice in the packed runs; it counts once, remove the second line of "
            + "runs.jsonl"))
    }
  }

  /// Sorted by name.
  package var records: [RunRecord] = []
  /// Copies, and runs whose configuration is not the one in their folder's name.
  package var misnamed: [LeftOut] = []
  /// Runs of which a file is missing or damaged.
  package var damaged: [LeftOut] = []
  /// What is known of runs of which only a part is stored.
  package var lost: [UserError] = []
  /// The names of the runs that were added, each of which counts once.
  private var names: [RunConfiguration: String] = [:]

  package init() {}

  /// The damaged runs whose configuration is known, each with a reason without a path.
  package var damagedRuns: [(RunConfiguration, reason: String)] {
    damaged.compactMap { left in
      left.configuration.map {
        ($0, "a stored file of it is damaged or missing; run the sweep again")
      }
    }
  }

  /// What is wrong with the runs that are left out, each problem once: many may lack one file.
  package var errors: [UserError] {
    var counts: [UserError: Int] = [:]
    let all = (misnamed + damaged).map(\.error) + lost
    for error in all { counts[error, default: 0] += 1 }
    return all.compactMap { error in
      guard let count = counts.removeValue(forKey: error) else { return nil }
      return count == 1 ? error : error.adding(" (\(count) runs need it)")
    }
  }

  mutating func add(_ folder: URL, _ run: Result<RunRecord, any Error>) {
    switch run {
    case .success(let record):
      if let first = names[record.configuration] {
        misnamed.append(
          first == folder.lastPathComponent
            ? .init(secondLine: folder) : .init(copy: folder, of: first))
      } else {
        names[record.configuration] = record.name
        records.append(record)
      }
    case .failure(let error):
      damaged.append(
        LeftOut(
          folder: folder, error: error as? UserError ?? UserError(oneLine(error)),
          configuration: RunFolder.configuration(in: folder)))
    }
  }
}
