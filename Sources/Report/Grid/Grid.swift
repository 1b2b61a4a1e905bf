import Experiments
import Files

/// One loss in one setting: the runs of its seeds.
struct GridRow {
  let loss: LossName
  let setting: Setting
  /// By seed.
  var runs: [ReportedRun] = []
  var failed: [FailedRun] = []
  /// Seeds of the setting for which there is neither a run nor a failure.
  var missing: [UInt64] = []
}

/// The rows of one panel, in the order of its tables.
struct GridPanel {
  let panel: Panel
  let classes: ReportedClasses
  /// Ascending; more than one only if runs of differing configuration lie in one folder.
  let settings: [Setting]
  var rows: [GridRow]
  /// Of each setting, losses that differ from cross-entropy in neither score with certainty.
  var indistinct: [Setting: [LossName]] = [:]

  /// Whether there are several settings, and they differ in nothing but the learning rate.
  var differsInRateAlone: Bool {
    settings.count > 1
      && Set(
        settings.map { setting in
          var shared = setting.shared
          shared.training.learningRate = 0
          return shared
        }
      ).count == 1
  }

  /// `A`, `B`, ... where there are several settings; empty for a single one.
  func letter(_ setting: Setting) -> String {
    guard settings.count > 1, let index = settings.firstIndex(of: setting) else { return "" }
    return index < 26 ? String(UnicodeScalar(UInt8(65 + index))) : "\(index + 1)"
  }

  /// The loss with its setting's letter.
  func label(_ row: GridRow) -> String {
    let letter = letter(row.setting)
    return letter.isEmpty ? row.loss.notation : "\(row.loss.notation) [\(letter)]"
  }

  func isIndistinct(_ row: GridRow) -> Bool {
    indistinct[row.setting]?.contains(row.loss) ?? false
  }

  /// The label, marked where the loss is not distinguishable from cross-entropy.
  func markedLabel(_ row: GridRow) -> String {
    label(row) + (isIndistinct(row) ? indistinctMark : "")
  }

  /// Seeds of all rows in a setting, ascending.
  func seeds(_ setting: Setting) -> [UInt64] {
    let here = rows.filter { $0.setting == setting }
    return Set(
      here.flatMap { row in
        row.runs.map(\.configuration.seed) + row.failed.map(\.configuration.seed) + row.missing
      }
    ).sorted()
  }
}

/// After the name of a loss that is not distinguishable from cross-entropy.
let indistinctMark = " ≈"

/// Sorts a sweep's runs into panels and rows and finds what is missing.
struct Grid {
  var panels: [GridPanel]
  /// Whether rows were left out for being of another learning rate than the loss's best.
  private(set) var showsBestRates = false

  /// What figures show: where a panel's settings differ in the learning rate alone, each loss with the
  /// rate that scores best on the validation split.
  var withBestRates: Grid {
    var grid = self
    for (index, panel) in panels.enumerated() where panel.differsInRateAlone {
      let best = LearningRates.of(panel).compactMap(\.best?.row)
      guard !best.isEmpty else { continue }
      // A loss without a best one stays, as it is.
      grid.panels[index].rows = panel.rows.filter { row in
        best.allSatisfy { $0.loss != row.loss || $0.setting == row.setting }
      }
      grid.showsBestRates = true
    }
    return grid
  }

  /// - Throws: `UserError` for a data set without class table and a matrix that does not fit it.
  init(_ input: ReportInput) throws {
    for run in input.runs {
      let name = run.configuration.data.name
      let expected = input.classes[name]?.names.count
      guard expected == run.confusion.classes else {
        throw UserError(
          "a stored run on \(name.rawValue) (loss \(run.configuration.loss), seed "
            + "\(run.configuration.seed)) has \(run.confusion.classes) classes, the data set has "
            + "\(expected.map(String.init) ?? "no class table"); delete its folder and sweep again")
      }
    }
    let configurations =
      input.runs.map(\.configuration) + input.failed.map(\.configuration) + input.planned
    let losses = Set(configurations.map { LossName(notation: $0.loss) })
    let settings = Dictionary(grouping: Set(configurations.map(Setting.init)), by: \.panel)
    panels = try settings.keys.sorted().map { panel in
      guard let classes = input.classes[panel.dataset] else {
        throw UserError("no class table for the data set \(panel.dataset.rawValue)")
      }
      let settings = (settings[panel] ?? []).sorted()
      return GridPanel(
        panel: panel, classes: classes, settings: settings,
        rows: Self.rows(input, settings: settings, losses: losses))
    }
  }

  /// A row for every loss and setting that has a run, a failure or a plan, and one for each loss
  /// that this panel lacks altogether although another panel has it.
  private static func rows(
    _ input: ReportInput, settings: [Setting], losses: Set<LossName>
  ) -> [GridRow] {
    var rows: [GridRow] = []
    for setting in settings {
      let runs = input.runs.filter { Setting($0.configuration) == setting }
      let failed = input.failed.filter { Setting($0.configuration) == setting }
      let planned = input.planned.filter { Setting($0) == setting }
      let here = runs.map(\.configuration) + failed.map(\.configuration) + planned
      let seeds = Set(here.map(\.seed)).sorted()
      let present = Set(here.map { LossName(notation: $0.loss) })
      for loss in losses where settings.count == 1 || present.contains(loss) {
        var row = GridRow(loss: loss, setting: setting)
        row.runs = runs.filter { $0.configuration.loss == loss.notation }
          .sorted { $0.configuration.seed < $1.configuration.seed }
        let finished = Set(row.runs.map(\.configuration.seed))
        row.failed = failed.filter {
          $0.configuration.loss == loss.notation && !finished.contains($0.configuration.seed)
        }.sorted { $0.configuration.seed < $1.configuration.seed }
        let known = finished.union(row.failed.map(\.configuration.seed))
        row.missing = seeds.filter { !known.contains($0) }
        rows.append(row)
      }
    }
    let shown = Set(rows.map(\.loss))
    if let setting = settings.first {
      rows += losses.subtracting(shown).map { GridRow(loss: $0, setting: setting) }
    }
    return rows.sorted { ($0.loss, $0.setting) < ($1.loss, $1.setting) }
  }
}
