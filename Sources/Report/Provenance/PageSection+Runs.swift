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
  static func runs(_ grid: Grid, _ links: RunLinks? = nil) -> PageSection {
    let builds = grid.builds
    let rows = grid.panels.flatMap { panel in
      panel.rows.flatMap { cells($0, panel, builds, links) }
    }
    let all = DataTable(
      caption: "Every run, one per row", rowHeader: "loss", columns: runColumns, rows: rows)
    let scores = all.with(columns: [0, 1, 2] + scoreColumns + linkColumns)
    let origin = all.with(
      columns: [0, 1] + originColumns, caption: "Time, build, and images of every run")
    var body = folded("All \(rows.count) cells of the sweep", "\(scores.html)\n\(origin.html)")
    if !builds.isEmpty { body = folded("Builds and machines", buildTable(grid, builds)) + body }
    if let mixed = MixedMachines(grid.runs.compactMap(\.environment)).sentence {
      body = paragraphs([mixed]) + body
    }
    return PageSection(
      anchor: "runs", title: "Provenance of every run",
      body: """
        <p>The last twelve digits of a folder's name are the first ones of the SHA-256 of the \
        run's configuration. Its link leads to the run, or to the file into which finished runs \
        were packed.</p>
        \(body)
        """)
  }

  /// Places in `runColumns`: what a run scored, where it is from, and what its cells lead to.
  private static let scoreColumns = Array(3..<4 + Metric.all.count)
  private static let originColumns = Array(4 + Metric.all.count..<9 + Metric.all.count)
  private static let linkColumns = Array(9 + Metric.all.count..<12 + Metric.all.count)

  private static let runColumns: [DataTable.Column] =
    [
      .init(title: "panel", isNumeric: false), .init(title: "seed"),
      .init(title: "state", isNumeric: false),
    ] + Metric.all.map { .init(title: "\(ClassMean($0).title) (%)") } + [
      .init(title: "pixel accuracy (%)"), .init(title: "training (s)"),
      .init(title: "evaluation (s)"), .init(title: "images"),
      .init(title: "build", isNumeric: false), .init(title: "started (UTC)", isNumeric: false),
      .init(title: "curves", isNumeric: false), .init(title: "pictures", isNumeric: false),
      .init(title: "folder in runs/", isNumeric: false),
    ]

  private static func cells(
    _ row: GridRow, _ panel: Panel, _ builds: [Build], _ links: RunLinks?
  ) -> [DataTable.Row] {
    let label = panel.label(row)
    let done = row.runs.map { run -> (seed: UInt64, row: DataTable.Row) in
      (run.configuration.seed, finished(run, label, panel, builds, links))
    }
    let failed = row.failed.map { run -> (seed: UInt64, row: DataTable.Row) in
      let reason = run.reason.split(whereSeparator: \.isNewline).joined(separator: " ")
      let seed = run.configuration.seed
      return (seed, unfinished(row, panel, seed, "failed: \(reason)"))
    }
    let missing = row.missing.map { seed in
      (seed: seed, row: unfinished(row, panel, seed, "missing: no finished run"))
    }
    let all = done + failed + missing
    return all.isEmpty
      ? [unfinished(row, panel, nil, "missing: no run here")]
      : all.sorted { $0.seed < $1.seed }.map(\.row)
  }

  private static func unfinished(
    _ row: GridRow, _ panel: Panel, _ seed: UInt64?, _ state: String
  ) -> DataTable.Row {
    var configuration = row.setting.shared
    configuration.loss = row.loss.notation
    if let seed { configuration.seed = seed }
    let start = [panel.id(row.setting), seed.map { "\($0)" } ?? dash, state]
    let empty = Array(repeating: dash, count: runColumns.count - start.count - 1)
    return DataTable.Row(
      label: panel.label(row),
      cells: start + empty + [seed == nil ? dash : folder(configuration)])
  }

  private static func finished(
    _ run: ReportedRun, _ label: String, _ panel: Panel, _ builds: [Build], _ links: RunLinks?
  ) -> DataTable.Row {
    let setting = Setting(run.configuration)
    let scores = Metric.all.map { $0.mean(run.confusion) } + [run.confusion.pixelAccuracy]
    let percents = scores.map { $0.map { fixed(100 * $0, 2) } ?? dash }
    let environment = run.environment
    let build = environment.map(Build.init).flatMap { builds.firstIndex(of: $0) }
    let (curves, pictures) = (links?.curves(panel), links?.pictures(panel))
    let name = folder(run.configuration)
    let cells =
      [panel.id(setting), "\(run.configuration.seed)", "done"] + percents
      + [
        fixed(environment?.trainingSeconds ?? run.seconds, 1),
        environment.map { fixed($0.evaluationSeconds, 1) } ?? dash, "\(run.evaluatedImages)",
        build.map { "\($0 + 1)" } ?? dash, environment?.started ?? dash,
        curves == nil ? dash : "curves", pictures == nil ? dash : "pictures", name,
      ]
    var places: [Int: String] = [0: "#panel-\(panelAnchor(panel.id(setting)))"]
    places[cells.count - 3] = curves
    places[cells.count - 2] = pictures
    places[cells.count - 1] = links?.run(name)
    return DataTable.Row(label: label, cells: cells, links: places)
  }

  /// The folder's name; a configuration that cannot be encoded has none.
  private static func folder(_ configuration: RunConfiguration) -> String {
    (try? configuration.runName) ?? dash
  }

  private static func buildTable(_ grid: Grid, _ builds: [Build]) -> HTML {
    let used = grid.runs.compactMap(\.environment).map(Build.init)
    return DataTable(
      caption: "The builds and machines that made the runs", rowHeader: "build",
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
            build.shortCommit, e.engine.map { "\($0.title), \(e.compiler)" } ?? e.compiler,
            e.operatingSystem,
            e.cpu + (e.vectors.map { ", \($0)" } ?? ""),
            "\(e.cores)", (e.ranks.map { "\($0) ranks x " } ?? "") + "\(e.threads)",
            e.blas + (e.blasKernelReplaced.map { ", in place of \($0)" } ?? ""),
            "\(used.count { $0 == build })",
          ])
      }
    ).html
  }
}
