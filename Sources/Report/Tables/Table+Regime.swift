import Datasets
import Experiments
import Files
import Metrics

extension Table {
  /// Networks, sizes and trainings tried with cross-entropy alone, and the one to choose for each
  /// backbone.
  /// - Returns: nil unless the sweep has only cross-entropy, in several settings.
  static func regime(_ grid: Grid) -> Table? {
    let losses = Set(grid.panels.flatMap(\.rows).map(\.loss.notation))
    let candidates = RegimeCandidate.all(grid)
    guard losses == ["ce"], candidates.count > grid.datasets.count else { return nil }
    var backbones: [String] = []
    for each in candidates where !backbones.contains(each.backbone) {
      backbones.append(each.backbone)
    }
    guard backbones.count < candidates.count else { return nil }
    return Table(
      slug: "regime", title: "Settings tried with cross-entropy",
      captions: regimeCaptions(grid), scaledDown: [],
      notes: [
        "Rule, fixed before the runs: for each backbone, the setting with the highest mean IoU of "
          + "cross-entropy on the validation split, averaged over the data sets. No other loss was "
          + "trained, and the test split was not read. The steps of each setting fill about the same "
          + "time on one thread.",
        "Mean IoU, mean accuracy, and accuracy of the minority classes: percent, on the validation "
          + "split.",
      ],
      sections: backbones.map { backbone in
        regime(backbone, candidates.filter { $0.backbone == backbone }, grid)
      })
  }

  /// A line for each data set; the settings themselves are the rows.
  private static func regimeCaptions(_ grid: Grid) -> [String] {
    grid.datasets.compactMap { name in
      let panels = grid.panels.filter { $0.dataset == name }
      guard let setting = panels.first?.settings.first else { return nil }
      let seeds = Set(panels.flatMap { panel in panel.settings.flatMap(panel.seeds) }).sorted()
      let data = setting.shared.data
      return "\(setting.dataText.capitalizedFirst); augmentation: \(data.augmentationText); "
        + "\(optimizers(panels)); seeds \(seeds.map(String.init).joined(separator: ", ")); scored on the "
        + "\(data.evaluate.rawValue) split; from random weights unless the runs' own captions say "
        + "otherwise."
    }
  }

  private static func optimizers(_ panels: [Panel]) -> String {
    let all = panels.flatMap(\.settings).map(\.shared.training.optimizerText)
    return Set(all).sorted().joined(separator: " or ")
  }

  private static func regime(
    _ backbone: String, _ candidates: [RegimeCandidate], _ grid: Grid
  ) -> Section {
    let best = candidates.max { ($0.mean?.mean ?? 0) < ($1.mean?.mean ?? 0) }
    return Section(
      quantity: "regime_\(backbone)", heading: "\(backbone) (%, seconds)", rowHeader: "setting",
      columns: ["mean IoU, averaged"]
        + grid.datasets.flatMap { name in
          ["mean IoU", "mean accuracy", "minority accuracy"].map { "\(name.title) \($0)" }
        } + ["seconds per run"],
      rows: candidates.map { candidate in
        Row(
          label: candidate.name + (candidate.name == best?.name ? " (chosen)" : ""),
          cells: [candidate.mean] + grid.datasets.flatMap { candidate.scores($0) }
            + [candidate.seconds])
      })
  }
}

/// A setting that was tried on every data set.
private struct RegimeCandidate {
  let backbone: String
  /// The setting in words, without the backbone.
  let name: String
  private var rows: [DatasetName: (row: GridRow, minority: MinorityClasses)] = [:]

  private init(_ setting: Setting) {
    let shared = setting.shared
    let (data, training) = (shared.data, shared.training)
    backbone = shared.backbone.rawValue
    name =
      "\(setting.architecture.title), width \(plain(shared.width)), \(data.height) x \(data.width), "
      + "\(training.iterations) steps of \(training.batch), learning rate \(plain(training.learningRate))"
      + (training.optimizer == nil ? "" : ", \(training.optimizerText)")
      + (training.schedule == nil ? "" : ", schedule \(training.scheduleText)")
      + (data.crop == nil ? "" : ", \(data.augmentationText)")
  }

  /// In the order of the grid.
  static func all(_ grid: Grid) -> [RegimeCandidate] {
    var candidates: [RegimeCandidate] = []
    for panel in grid.panels {
      let minority = MinorityClasses(panel.dataset, panel.classes)
      for row in panel.rows where !row.runs.isEmpty {
        let new = RegimeCandidate(row.setting)
        let same = candidates.firstIndex { ($0.backbone, $0.name) == (new.backbone, new.name) }
        if same == nil { candidates.append(new) }
        candidates[same ?? candidates.count - 1].rows[panel.dataset] = (row, minority)
      }
    }
    return candidates
  }

  /// Mean IoU averaged over the data sets; nil where one has no run on the validation split.
  var mean: Statistic? {
    let means = rows.keys.map { scores($0)[0]?.mean }
    return means.contains(nil)
      ? nil : Statistic([means.compactMap(\.self).reduce(0, +) / Double(means.count)])
  }

  /// Mean IoU, mean accuracy and accuracy of the minority classes, of runs that are evaluated on the
  /// validation split.
  func scores(_ dataset: DatasetName) -> [Statistic?] {
    guard let (row, minority) = rows[dataset], row.setting.shared.data.evaluate == .validation
    else { return [nil, nil, nil] }
    let all = row.runs.map(\.confusion)
    return [
      .percent(all.map(\.meanIoU)), .percent(all.map(\.meanAccuracy)),
      .percent(all.map { minority.average(.accuracy, $0) }),
    ]
  }

  var seconds: Statistic? {
    Statistic([Statistic(rows.values.flatMap { $0.row.runs.map(\.seconds) })?.mean])
  }
}
