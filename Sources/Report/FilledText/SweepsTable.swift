import Experiments
import Files
import Foundation

/// What was trained in some sweeps, a line for each: runs, seeds, time, commit and machine.
struct SweepsTable {
  private let rows: [[String]]

  private static let header = [
    "sweep", "trained on", "networks", "runs", "seeds", "not finished", "thread-hours", "commit",
    "machine",
  ]

  /// - Parameters:
  ///   - folders: output folders of sweeps.
  ///   - place: the folder of the text.
  /// - Throws: `UserError` if one of them holds no runs, or runs that cannot be read.
  init(_ folders: [URL], linkedFrom place: URL) throws(UserError) {
    rows = try folders.map { (folder) throws(UserError) in
      let sweep = SweepFolder(folder)
      try sweep.requireRuns()
      do {
        let planned = try SweepPlan.load(folder)?.runs ?? []
        let link = relativePath(to: folder.appending(path: "tables.md"), from: place)
        let name = "[\(escapeMarkdown(folder.lastPathComponent))](\(link))"
        return [name] + Self.row(try sweep.loadAll(), planned).map(escapeMarkdown)
      } catch let error as UserError { throw error } catch { throw UserError(oneLine(error)) }
    }
  }

  private static func row(
    _ records: [RunRecord], _ planned: [RunConfiguration]
  ) -> [String] {
    let configurations = records.map(\.configuration)
    let environments = records.map(\.environment)
    let seconds = environments.reduce(0) { sum, e in
      sum + (e.trainingSeconds + e.evaluationSeconds) * Double(e.threads * (e.ranks ?? 1))
    }
    let missing = Set(planned).subtracting(configurations).count
    return [
      configurations.map(data).unique.joined(separator: ", "),
      configurations.map { $0.backbone.title }.unique.joined(separator: ", "),
      "\(records.count)", configurations.map { "\($0.seed)" }.unique.joined(separator: ", "),
      missing == 0 ? "none" : "\(missing)", String(format: "%.1f", seconds / 3600),
      environments.map { Build($0).shortCommit }.unique.joined(separator: ", "),
      environments.map(machine).unique.joined(separator: "; "),
    ]
  }

  private static func data(_ run: RunConfiguration) -> String {
    "\(run.data.name.title) (\(run.data.kind.rawValue))"
  }

  private static func machine(_ environment: RunEnvironment) -> String {
    environment.engine?.title
      ?? environment.cpu + (environment.vectors.map { ", \($0)" } ?? "")
  }

  var markdown: String {
    markdownTable(Self.header, numeric: ["runs", "thread-hours"], rows)
  }
}
