import Datasets
import Experiments
import Files

/// Sorts a sweep's runs into panels and rows and finds what is missing.
struct Grid {
  let panels: [Panel]
  /// Whether each loss is shown with its best learning rate only.
  let showsBestRates: Bool

  init(_ panels: [Panel], showsBestRates: Bool = false) {
    (self.panels, self.showsBestRates) = (panels, showsBestRates)
  }

  /// What figures show: where a panel's settings differ in the learning rate alone, each loss with the
  /// rate that scores best on the validation split.
  var withBestRates: Grid {
    let chosen = panels.map(\.withBestRates)
    return Grid(
      zip(panels, chosen).map { $1 ?? $0 }, showsBestRates: chosen.contains { $0 != nil })
  }

  /// Of the panels, in their order.
  var datasets: [DatasetName] {
    panels.map(\.dataset).reduce(into: []) { if $0.last != $1 { $0.append($1) } }
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
    // What was chosen in one panel is not missing in another.
    let losses = Set(
      configurations.filter { !Setting($0).isTuned }.map { LossName(notation: $0.loss) })
    let settings = Dictionary(grouping: Set(configurations.map(Setting.init)), by: \.panelKey)
    let keys = settings.keys.sorted()
    let ids = PanelKey.ids(keys)
    let seeds = Self.sharedSeeds(configurations, settings)
    let panels = try keys.map { key in
      guard let classes = input.classes[key.dataset] else {
        throw UserError("no class table for the data set \(key.dataset.rawValue)")
      }
      let settings = (settings[key] ?? []).sorted()
      return Panel(
        key, id: ids[key], classes: classes, settings: settings,
        rows: Self.rows(
          input, settings: settings, losses: losses, seeds: settings.count == 1 ? seeds : []))
    }
    self.init(panels)
  }

  /// The seeds of a sweep: those of all panels that have one setting, each of which should have them.
  /// Runs of several settings in one panel need not be of the same seeds.
  private static func sharedSeeds(
    _ configurations: [RunConfiguration], _ settings: [PanelKey: [Setting]]
  ) -> Set<UInt64> {
    Set(
      configurations.filter { settings[Setting($0).panelKey]?.count == 1 }.map(\.seed))
  }

  /// A row for every loss and setting that has a run, a failure or a plan, and one for each loss
  /// that this panel lacks altogether although another panel has it.
  private static func rows(
    _ input: ReportInput, settings: [Setting], losses: Set<LossName>, seeds shared: Set<UInt64>
  ) -> [GridRow] {
    var rows: [GridRow] = []
    for setting in settings {
      let runs = input.runs.filter { Setting($0.configuration) == setting }
      let failed = input.failed.filter { Setting($0.configuration) == setting }
      let planned = input.planned.filter { Setting($0) == setting }
      let here = runs.map(\.configuration) + failed.map(\.configuration) + planned
      let seeds = shared.union(here.map(\.seed)).sorted()
      let present = Set(here.map { LossName(notation: $0.loss) })
      for loss in losses.union(present) where settings.count == 1 || present.contains(loss) {
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
