import Experiments
import Files
import Foundation
import Metrics

/// The build and the machine that runs were made with, regardless of when.
struct Build: Hashable {
  let environment: RunEnvironment

  init(_ environment: RunEnvironment) {
    var shared = environment
    (shared.started, shared.trainingSeconds, shared.evaluationSeconds) = ("", 0, 0)
    shared.pretrainedFile = nil
    self.environment = shared
  }

  /// Twelve digits, and whether there were uncommitted changes.
  var shortCommit: String {
    let commit = environment.commit
    guard commit.count > 12, commit.prefix(12).allSatisfy(\.isHexDigit) else { return commit }
    return commit.prefix(12) + (commit.hasSuffix("-dirty") ? "-dirty" : "")
  }
}

extension Grid {
  var runs: [ReportedRun] { panels.flatMap(\.rows).flatMap(\.runs) }

  /// In the order of the runs.
  var builds: [Build] {
    var builds: [Build] = []
    for build in runs.compactMap(\.environment).map(Build.init) where !builds.contains(build) {
      builds.append(build)
    }
    return builds
  }
}

extension PageSection {
  /// Where each cell of the sweep comes from: finished, failed, or missing.
  static func runs(_ grid: Grid) -> PageSection {
    let builds = grid.builds
    let rows = grid.panels.flatMap { panel in panel.rows.flatMap { cells($0, panel, builds) } }
    let table = DataTable(
      caption: "Every run, one a row", rowHeader: "loss",
      columns: [
        .init(title: "data set", isNumeric: false), .init(title: "network", isNumeric: false),
        .init(title: "seed"), .init(title: "state", isNumeric: false),
      ] + Metric.all.map { .init(title: "\(ClassMean($0).title) (%)") } + [
        .init(title: "pixel accuracy (%)"), .init(title: "training (s)"),
        .init(title: "evaluation (s)"), .init(title: "images"),
        .init(title: "build", isNumeric: false), .init(title: "commit", isNumeric: false),
        .init(title: "machine", isNumeric: false), .init(title: "started (UTC)", isNumeric: false),
        .init(title: "folder in runs/", isNumeric: false),
      ],
      rows: rows)
    var body = folded("All \(rows.count) cells of the sweep", table.html)
    if !builds.isEmpty { body = folded("Builds and machines", buildTable(grid, builds)) + body }
    return PageSection(
      anchor: "runs", title: "Provenance of every run",
      body: """
        <p>A folder's last twelve digits are the head of the SHA-256 of the run's configuration.</p>
        \(body)
        """)
  }

  private static func cells(
    _ row: GridRow, _ panel: Panel, _ builds: [Build]
  ) -> [DataTable.Row] {
    let label = panel.label(row)
    let place = [panel.dataset.title, panel.network.title]
    func unfinished(_ seed: UInt64?, _ state: String) -> DataTable.Row {
      var configuration = row.setting.shared
      configuration.loss = row.loss.notation
      if let seed { configuration.seed = seed }
      return DataTable.Row(
        label: label,
        cells: place + [seed.map { "\($0)" } ?? dash, state]
          + Array(repeating: dash, count: Metric.all.count + 8) + [
            seed == nil ? dash : folder(configuration)
          ])
    }
    let done = row.runs.map { run -> (seed: UInt64, row: DataTable.Row) in
      (run.configuration.seed, finished(run, label, place, builds))
    }
    let failed = row.failed.map { run -> (seed: UInt64, row: DataTable.Row) in
      let reason = run.reason.split(whereSeparator: \.isNewline).joined(separator: " ")
      let seed = run.configuration.seed
      return (seed, unfinished(seed, "failed: \(reason)"))
    }
    let missing = row.missing.map { (seed: $0, row: unfinished($0, "missing: no finished run")) }
    let all = done + failed + missing
    return all.isEmpty
      ? [unfinished(nil, "missing: no run here")]
      : all.sorted { $0.seed < $1.seed }.map(\.row)
  }

  private static func finished(
    _ run: ReportedRun, _ label: String, _ place: [String], _ builds: [Build]
  ) -> DataTable.Row {
    let scores = Metric.all.map { $0.mean(run.confusion) } + [run.confusion.pixelAccuracy]
    let percents = scores.map { $0.map { fixed(100 * $0, 2) } ?? dash }
    let environment = run.environment
    let build = environment.map(Build.init)
    let number = build.flatMap { builds.firstIndex(of: $0) }.map { "\($0 + 1)" }
    return DataTable.Row(
      label: label,
      cells: place + ["\(run.configuration.seed)", "done"] + percents
        + [
          fixed(environment?.trainingSeconds ?? run.seconds, 1),
          environment.map { fixed($0.evaluationSeconds, 1) } ?? dash, "\(run.evaluatedImages)",
          number ?? dash, build?.shortCommit ?? dash,
          environment.map { "\($0.cpu), \($0.threads) of \($0.cores) cores" } ?? dash,
          environment?.started ?? dash, folder(run.configuration),
        ])
  }

  /// The folder's name; a configuration that cannot be encoded has none.
  private static func folder(_ configuration: RunConfiguration) -> String {
    (try? configuration.runName) ?? dash
  }

  private static func buildTable(_ grid: Grid, _ builds: [Build]) -> HTML {
    let used = grid.runs.compactMap(\.environment).map(Build.init)
    return DataTable(
      caption: "What the runs were made by", rowHeader: "build",
      columns: ["commit", "compiler", "operating system", "CPU"].map {
        .init(title: $0, isNumeric: false)
      } + [
        .init(title: "cores"), .init(title: "threads"), .init(title: "BLAS", isNumeric: false),
        .init(title: "runs"),
      ],
      rows: builds.enumerated().map { index, build in
        let e = build.environment
        return .init(
          label: "\(index + 1)",
          cells: [
            e.commit, e.compiler, e.operatingSystem, e.cpu, "\(e.cores)", "\(e.threads)", e.blas,
            "\(used.count { $0 == build })",
          ])
      }
    ).html
  }
}
