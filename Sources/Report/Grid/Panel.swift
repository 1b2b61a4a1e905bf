import Datasets
import Experiments

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

/// The runs on one data set with one network: the rows of its tables, in their order.
struct Panel {
  let key: PanelKey
  /// A short name that is its own in the report, such as `S18`.
  let id: String
  let classes: ReportedClasses
  /// Sorted; there are several only if runs with different configurations lie in one folder.
  let settings: [Setting]
  let rows: [GridRow]
  /// By setting, the losses that cannot be distinguished from cross-entropy in either of the paper's
  /// metrics.
  let indistinct: [Setting: [LossName]]

  init(
    _ key: PanelKey, id: String? = nil, classes: ReportedClasses, settings: [Setting],
    rows: [GridRow], indistinct: [Setting: [LossName]] = [:]
  ) {
    (self.key, self.classes, self.settings) = (key, classes, settings)
    self.id = id ?? key.shortName
    (self.rows, self.indistinct) = (rows, indistinct)
  }

  var dataset: DatasetName { key.dataset }
  var network: NetworkName { key.network }
  var slug: String { key.slug }

  /// The same panel with some of its rows.
  func with(rows: [GridRow]) -> Panel {
    Panel(key, id: id, classes: classes, settings: settings, rows: rows, indistinct: indistinct)
  }

  /// The same panel whose labels mark these losses.
  func marking(_ indistinct: [Setting: [LossName]]) -> Panel {
    Panel(key, id: id, classes: classes, settings: settings, rows: rows, indistinct: indistinct)
  }

  /// `S18`, or `S18-A` where there are several settings.
  func id(_ setting: Setting) -> String {
    let letter = letter(setting)
    return letter.isEmpty ? id : "\(id)-\(letter)"
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

  /// Seeds of the finished runs in a setting, ascending.
  func finishedSeeds(_ setting: Setting) -> [UInt64] {
    let here = rows.filter { $0.setting == setting }
    return Set(here.flatMap { $0.runs.map(\.configuration.seed) }).sorted()
  }

  /// Seeds of all rows in a setting, finished or not, ascending.
  func seeds(_ setting: Setting) -> [UInt64] {
    let here = rows.filter { $0.setting == setting }
    return Set(
      here.flatMap { row in
        row.runs.map(\.configuration.seed) + row.failed.map(\.configuration.seed) + row.missing
      }
    ).sorted()
  }
}

/// The mark after the name of a loss that is not distinguishable from cross-entropy.
let indistinctMark = " ≈"
