import Files
import Foundation

/// Stored runs that new runs are compared with.
package struct Baselines: Sendable {
  package let folder: URL
  /// The runs of the requested losses.
  package let records: [RunRecord]

  /// Creates baselines from runs that are already loaded.
  package init(folder: URL, records: [RunRecord]) {
    (self.folder, self.records) = (folder, records)
  }

  /// - Parameters:
  ///   - folder: a sweep's output folder.
  ///   - losses: normalized notations, or names such as `focal` that match any parameters; either may
  ///     be followed by a strength of prior correction, such as `ce @ 0.5`. Nil for all.
  ///   - candidate: the loss that is compared with them, which is left out of all.
  /// - Throws: `UserError` if there are no such runs.
  package init(
    _ folder: URL, losses: [CorrectedLoss]?, besides candidate: String? = nil
  ) throws {
    self.folder = folder
    let sweep = SweepFolder(folder)
    guard sweep.holdsRuns else {
      throw UserError(
        path: folder.path,
        problem: "contains no runs; run a sweep into it first, or give different --baselines")
    }
    let all = try sweep.loadReadable().records
    guard let losses else {
      records = all.filter { $0.configuration.loss != candidate }
      guard !records.isEmpty else {
        throw UserError(path: folder.path, problem: "has no finished run of another loss")
      }
      return
    }
    func matches(_ run: RunConfiguration, _ name: String) -> Bool {
      let names = [run.loss] + (run.torch.map { [$0.title, $0.version] } ?? [])
      return names.contains { $0 == name || $0.prefix { $0 != "(" } == name }
    }
    let wanted = losses.map(\.withoutFile)
    for name in wanted.map(\.loss)
    where !all.contains(where: { matches($0.configuration, name) }) {
      let there = Set(all.map { $0.configuration.torch?.title ?? $0.configuration.loss }).sorted()
      let meant = suggestion(for: name, among: there).map { "did you mean '\($0)'? " } ?? ""
      throw UserError(
        path: folder.path,
        problem: "has no finished run of \(name); \(meant)it has \(there.joined(separator: ", "))")
    }
    records = try all.flatMap { record in
      try wanted.filter { matches(record.configuration, $0.loss) }.map { loss in
        try loss.tau.map { try record.corrected(tau: $0) } ?? record
      }
    }
  }

  /// Checks that every new run has a baseline with the same setting and seed.
  ///
  /// - Throws: `UserError` naming the fields that differ.
  package func check(_ runs: [RunConfiguration]) throws {
    for run in runs {
      let twins = records.filter { $0.configuration.seed == run.seed }
      if twins.contains(where: { run.differences(from: $0.configuration).isEmpty }) { continue }
      let differences =
        (twins.isEmpty ? records : twins)
        .map { run.differences(from: $0.configuration) }.min { $0.count < $1.count } ?? []
      let problem =
        differences.isEmpty
        ? "has no baseline with seed \(run.seed); run the baselines with that seed, or give --seeds"
        : "its baselines differ from \(run.label) in \(differences.joined(separator: "; ")); "
          + "compare runs with the same settings"
      throw UserError(path: folder.path, problem: problem)
    }
  }

  /// Checks that the code that determines numbers is still the code that produced the baselines.
  ///
  /// - Parameter advice: what to do otherwise.
  /// - Throws: `UserError` naming the files that differ, or saying why this is unknown.
  package func checkCode(
    advice: String = "train them again, or accept this with --accept-other-code"
  ) throws(UserError) {
    let codes = SweepFolder(folder).codes
    for record in records {
      let environment = record.environment
      let reason: String
      switch try CodeDifference(environment, of: record.configuration, codes: codes) {
      case .none: continue
      case .unknown(let why): reason = why
      case .changed(let files):
        let more = files.count > 3 ? " and \(files.count - 3) more" : ""
        reason =
          "since they were produced (\(Self.origin(environment))), there are changes in "
          + files.prefix(3).joined(separator: ", ") + more
      }
      throw UserError(
        path: folder.path,
        problem: "its runs may not be comparable: \(reason); \(advice)")
    }
  }

  /// The commit where git said it, or else the digest of the code.
  private static func origin(_ environment: RunEnvironment) -> String {
    environment.commit == RunEnvironment.unknownCommit
      ? "code \(environment.code?.prefix(9) ?? "unknown")"
      : "commit \(environment.commit.prefix(9))"
  }

  /// Checks that runs used the same images as the baselines with the same setting.
  ///
  /// - Throws: `UserError` naming the split.
  package func checkSplits(_ runs: [RunRecord]) throws {
    for run in runs {
      for baseline in records
      where run.configuration.differences(from: baseline.configuration).isEmpty {
        if let difference = RunImages(baseline).difference(from: RunImages(run)) {
          throw UserError(
            path: baseline.folder.path,
            problem: "used different \(difference) from \(run.folder.lastPathComponent); "
              + "use the same data for both")
        }
      }
    }
  }
}
