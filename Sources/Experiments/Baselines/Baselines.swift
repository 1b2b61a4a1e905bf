import Files
import Foundation

/// Stored runs that new ones are held against.
package struct Baselines: Sendable {
  package let folder: URL
  /// Those of the losses asked for.
  package let records: [RunRecord]

  /// Of runs that are known already.
  package init(folder: URL, records: [RunRecord]) {
    (self.folder, self.records) = (folder, records)
  }

  /// - Parameters:
  ///   - folder: a sweep's output folder.
  ///   - losses: normalized notations, or names such as `focal` that stand for any parameters.
  /// - Throws: `UserError` if there are no such runs.
  package init(_ folder: URL, losses: [String]) throws {
    self.folder = folder
    let sweep = SweepFolder(folder)
    guard sweep.holdsRuns else {
      throw UserError(
        path: folder.path,
        problem: "holds no runs; sweep into it first, or name another --baselines")
    }
    let all = try sweep.loadAll()
    func matches(_ notation: String, _ name: String) -> Bool {
      notation == name || notation.prefix { $0 != "(" } == name
    }
    for name in losses where !all.contains(where: { matches($0.configuration.loss, name) }) {
      let there = Set(all.map(\.configuration.loss)).sorted().joined(separator: ", ")
      throw UserError(
        path: folder.path, problem: "has no finished run of \(name); it has \(there)")
    }
    records = all.filter { record in
      losses.contains { matches(record.configuration.loss, $0) }
    }
  }

  /// Checks that every new run finds a baseline in its own setting, with its seed.
  ///
  /// - Throws: `UserError` that names the fields in which they differ.
  package func check(_ runs: [RunConfiguration]) throws {
    for run in runs {
      let twins = records.filter { $0.configuration.seed == run.seed }
      if twins.contains(where: { run.differences(from: $0.configuration).isEmpty }) { continue }
      let differences =
        (twins.isEmpty ? records : twins)
        .map { run.differences(from: $0.configuration) }.min { $0.count < $1.count } ?? []
      let problem =
        differences.isEmpty
        ? "has no baseline with seed \(run.seed); sweep with that seed, or give --seeds"
        : "its baselines differ from \(run.label) in \(differences.joined(separator: "; ")); "
          + "compare like with like"
      throw UserError(path: folder.path, problem: problem)
    }
  }

  /// Checks that the code that decides numbers is still the one that made the baselines.
  ///
  /// - Throws: `UserError` that names the files that differ, or says why that is not known.
  package func checkCode() throws(UserError) {
    let codes = SweepFolder(folder).codes
    var checked: Set<[String?]> = []
    for environment in records.map(\.environment) {
      guard checked.insert([environment.code, environment.commit]).inserted else { continue }
      let reason: String
      switch try CodeDifference(environment, codes: codes) {
      case .none: continue
      case .unknown(let why): reason = why
      case .changed(let files):
        let more = files.count > 3 ? " and \(files.count - 3) more" : ""
        reason =
          "since they were made (commit \(environment.commit.prefix(9))) there are changes in "
          + files.prefix(3).joined(separator: ", ") + more
      }
      throw UserError(
        path: folder.path,
        problem: "its runs may not be comparable: \(reason); sweep them again, or accept that with "
          + "--accept-other-code")
    }
  }

  /// Checks that runs saw the same images as the baselines of their setting and seed.
  ///
  /// - Throws: `UserError` that names the split.
  package func checkSplits(_ runs: [RunRecord]) throws {
    for run in runs {
      for baseline in records
      where run.configuration.differences(from: baseline.configuration).isEmpty {
        let same = [
          ("training", run.split.trainDigest == baseline.split.trainDigest),
          ("evaluated", run.split.evaluatedDigest == baseline.split.evaluatedDigest),
        ]
        if let split = same.first(where: { !$0.1 })?.0 {
          throw UserError(
            path: baseline.folder.path,
            problem: "was made of other \(split) images than \(run.folder.lastPathComponent); "
              + "give both the same data")
        }
      }
    }
  }
}
