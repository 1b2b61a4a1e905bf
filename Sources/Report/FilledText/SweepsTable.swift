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
      guard sweep.holdsRuns else {
        throw UserError(
          path: folder.path, problem: "holds no runs; give the output folder of a sweep")
      }
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
      unique(configurations.map(data)).joined(separator: ", "),
      unique(configurations.map { $0.backbone.title }).joined(separator: ", "),
      "\(records.count)", unique(configurations.map { "\($0.seed)" }).joined(separator: ", "),
      missing == 0 ? "none" : "\(missing)", String(format: "%.1f", seconds / 3600),
      unique(environments.map { Build($0).shortCommit }).joined(separator: ", "),
      unique(environments.map(machine)).joined(separator: "; "),
    ]
  }

  private static func data(_ run: RunConfiguration) -> String {
    run.data.name.title + (run.data.source == .rendered ? " (rendered stand-in)" : " (real data)")
  }

  private static func machine(_ environment: RunEnvironment) -> String {
    environment.engine?.title
      ?? environment.cpu + (environment.vectors.map { ", \($0)" } ?? "")
  }

  /// In Markdown.
  var markdown: String {
    let rule = Self.header.map { ["runs", "thread-hours"].contains($0) ? "---:" : "---" }
    return ([Self.header, rule] + rows).map { "| " + $0.joined(separator: " | ") + " |" }
      .joined(separator: "\n")
  }
}

/// Each once, in the order of their first places.
func unique(_ values: [String]) -> [String] {
  var seen: Set<String> = []
  return values.filter { seen.insert($0).inserted }
}
