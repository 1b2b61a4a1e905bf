import Files
import Foundation

/// How a sweep extends a folder with finished runs, instead of training those without weights again.
package struct Keeping: Hashable, Sendable {
  /// Whether to keep runs that were made by code that may compute different bits.
  package var acceptsOtherCode: Bool

  package init(acceptsOtherCode: Bool = false) { self.acceptsOtherCode = acceptsOtherCode }
}

/// The finished runs of a folder that a sweep extends. They count as done, with weights or without:
/// the repository's runs have none.
package struct KeptRuns: Sendable {
  private let folder: SweepFolder
  private let records: [RunRecord]
  private let names: Set<String>
  private let keeping: Keeping

  /// - Parameter records: the finished runs, if they are loaded already.
  package init(_ folder: SweepFolder, _ keeping: Keeping, records: [RunRecord]? = nil) throws {
    (self.folder, self.keeping) = (folder, keeping)
    self.records = try records ?? (folder.holdsRuns ? folder.loadReadable().records : [])
    names = Set(self.records.map(\.name))
  }

  package func contains(_ run: RunFolder) -> Bool { names.contains(run.url.lastPathComponent) }

  /// Checks that a sweep's runs can stand beside these in one table: no run here was trained with
  /// other settings, or by other code unless that is accepted. A search may vary the learning rate.
  ///
  /// - Throws: `UserError` naming the fields or the files that differ.
  package func check(_ sweep: Sweep, _ runs: [RunConfiguration]) throws(UserError) {
    let settings = Set(runs.map(\.setting))
    for record in records {
      let fields = record.configuration.differences(
        fromAnyOf: settings, anyLearningRate: sweep.tuning != nil)
      guard fields.isEmpty else {
        let more = fields.count > 4 ? "; and \(fields.count - 4) more" : ""
        throw UserError(
          path: folder.url.relativePath,
          problem: "holds runs with different settings from \(sweep.file) "
            + "(\(fields.prefix(4).joined(separator: "; "))\(more)); name another --output, or list "
            + "both under settings: in the file")
      }
    }
    if keeping.acceptsOtherCode { return }
    try Baselines(folder: folder.url, records: records).checkCode()
  }

  /// The planned runs that stay in the plan: those that are finished, and those with the settings of
  /// the new runs.
  func plan(
    _ old: [RunConfiguration], extendedBy runs: [RunConfiguration]
  ) -> [RunConfiguration] {
    let (finished, settings) = (Set(records.map(\.configuration)), Set(runs.map(\.setting)))
    return old.filter {
      finished.contains($0)
        || $0.differences(fromAnyOf: settings, anyLearningRate: false).isEmpty
    }
  }
}

extension RunConfiguration {
  /// The fields in which a stored run differs from all of these settings for the same data set and
  /// network, such as `training.iterations 300, not 600`, with the stored value first. Empty if it
  /// has one of these settings, or if none is for that data set and network.
  fileprivate func differences(
    fromAnyOf settings: Set<RunConfiguration>, anyLearningRate: Bool
  ) -> [String] {
    var stored = setting
    if settings.contains(stored) { return [] }
    let differences = settings.filter { $0.hasPanel(of: stored) }.map { rival in
      if anyLearningRate { stored.training.learningRate = rival.training.learningRate }
      return stored.differences(from: rival)
    }
    return differences.min { ($0.count, $0.first ?? "") < ($1.count, $1.first ?? "") } ?? []
  }

  /// The configuration without its loss and its seed.
  var setting: RunConfiguration {
    var setting = self
    (setting.loss, setting.torch, setting.seed) = ("", nil, 0)
    return setting
  }

  fileprivate func hasPanel(of other: RunConfiguration) -> Bool {
    data.name == other.data.name && architecture == other.architecture
      && backbone == other.backbone
  }
}
