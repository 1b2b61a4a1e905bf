import Files
import Foundation

/// Whether runs of two engines score alike: `parity.json` in a folder of results, which allows runs of
/// both in one table. `recallbench results parity` writes it.
package struct ParityRecord: Codable, Hashable, Sendable {
  package static let fileName = "parity.json"

  /// The scores of one loss in one setting, in percent, of the same seeds by both engines.
  package struct Row: Codable, Hashable, Sendable {
    /// The configuration with the seed 0.
    package var configuration: RunConfiguration
    /// `mean_accuracy` or `mean_iou`.
    package var score: String
    package var seeds: [UInt64]
    /// By engine, in the order of `engines`, one value for each seed.
    package var values: [[Double]]
    /// The difference of the two means, the second's minus the first's, and the largest that agrees.
    package var difference: Double
    package var bound: Double

    package init(
      configuration: RunConfiguration, score: String, seeds: [UInt64], values: [[Double]],
      difference: Double, bound: Double
    ) {
      (self.configuration, self.score, self.seeds) = (configuration, score, seeds)
      (self.values, self.difference, self.bound) = (values, difference, bound)
    }

    package var agrees: Bool { abs(difference) <= bound }
  }

  /// The kinds of the two engines; see `RunEnvironment.engineKind`.
  package var engines: [String]
  /// What trained the runs, in words, by engine.
  package var trainedBy: [[String]]
  package var rows: [Row]

  package init(engines: [String], trainedBy: [[String]], rows: [Row]) {
    (self.engines, self.trainedBy, self.rows) = (engines, trainedBy, rows)
  }

  /// - Returns: nil if the folder has none.
  /// - Throws: `UserError` if it is damaged.
  package static func load(_ output: URL) throws(UserError) -> ParityRecord? {
    let file = output.appending(path: fileName)
    guard FileManager.default.fileExists(atPath: file.path) else { return nil }
    return try readJSON(ParityRecord.self, file)
  }

  /// Whether runs of the configuration, with any seed, may be averaged over these kinds of engines.
  func covers(_ run: RunConfiguration, _ kinds: Set<String>) -> Bool {
    let own = rows.filter { $0.configuration == run.withoutSeed }
    return kinds == Set(engines) && Set(own.map(\.score)).count == 2 && own.allSatisfy(\.agrees)
  }
}

extension RunConfiguration {
  /// The same with the seed 0.
  package var withoutSeed: RunConfiguration {
    var run = self
    run.seed = 0
    return run
  }

  /// The same with the seed 0 and the loss `""`, not one in PyTorch: what all runs of one setting share.
  package var withoutLoss: RunConfiguration {
    var run = withoutSeed
    (run.loss, run.torch) = ("", nil)
    return run
  }
}

/// Checks that no table would mix runs of different engines that have not been shown to agree.
///
/// - Parameter output: the folder of the runs, which may hold a record of parity.
/// - Throws: `UserError` naming two runs of one setting and who trained them.
package func checkEngines(_ records: [RunRecord], in output: URL) throws {
  let settings = Dictionary(grouping: records) { $0.configuration.withoutLoss }
  for runs in settings.values.sorted(by: { $0[0].name < $1[0].name }) {
    let kinds = Set(runs.map(\.environment.engineKind))
    guard kinds.count > 1 else { continue }
    let parity = try ParityRecord.load(output)
    guard let bare = runs.first(where: { parity?.covers($0.configuration, kinds) != true }),
      let other = runs.first(where: {
        $0.environment.engineKind != bare.environment.engineKind
      })
    else { continue }
    throw UserError(
      path: bare.folder.path,
      problem:
        "was trained by \(bare.environment.trainedBy), and \(other.name) with the same settings by "
        + "\(other.environment.trainedBy); they do not belong in one table unless 'results parity' has "
        + "shown that both agree for every loss: keep them in two folders")
  }
}
