import Datasets
import Experiments
import Files

/// One line for each data set and setting with the same seeds, whatever the backbone; then the legend.
func scatterCaptions(_ grid: Grid) -> [String] {
  var lines: [String] = []
  for dataset in grid.datasets {
    let panels = grid.panels.filter { $0.dataset == dataset }
    var bySetting: [(key: Setting, seeds: [UInt64], panels: [Panel], settings: [Setting])] = []
    for panel in panels {
      for setting in panel.settings {
        var shared = setting.shared
        shared.backbone = .resnet18
        // Each backbone has a file of pretrained weights of its own.
        shared.pretrained?.sha256 = setting.initialWeights([]).first?.deviation ?? ""
        let key = Setting(shared)
        let seeds = panel.finishedSeeds(setting)
        if let index = bySetting.firstIndex(where: { $0.key == key && $0.seeds == seeds }) {
          bySetting[index].panels.append(panel)
          bySetting[index].settings.append(setting)
        } else {
          bySetting.append((key, seeds, [panel], [setting]))
        }
      }
    }
    for group in bySetting {
      let pairs = zip(group.panels, group.settings)
      // No loss is shown in this setting.
      guard
        pairs.contains(where: { panel, setting in panel.rows.contains { $0.setting == setting } })
      else { continue }
      let runs = pairs.flatMap { panel, setting in
        panel.rows.filter { $0.setting == setting }.flatMap(\.runs)
      }
      let weights = pairs.flatMap { panel, setting in
        setting.initialWeights(panel.rows.filter { $0.setting == setting }.flatMap(\.runs))
      }
      let letters = Set(pairs.map { $0.0.letter($0.1) }).filter { !$0.isEmpty }.sorted()
      let lead = letters.isEmpty ? "" : "[\(letters.joined(separator: ", "))] "
      lines.append(
        lead + "\(dataset.title): "
          + group.settings[0].caption(
            seeds: group.seeds, evaluatedImages: Set(runs.map(\.evaluatedImages)).sorted(),
            naming: group.panels.map(\.network.backbone), weights: weights, engines: runs.engines)
          + ". "
          + group.settings[0].scaledDownShort)
    }
  }
  return lines + scatterLegend(grid)
}

/// What the marks and lines are, and which losses are missing.
func scatterLegend(_ grid: Grid) -> [String] {
  let drawn = grid.panels.flatMap(\.rows).filter { !$0.runs.isEmpty }
  var legend: [String] = []
  if grid.showsBestRates {
    legend.append(bestRatesNote)
  }
  if drawn.contains(where: { $0.runs.count > 1 }) {
    legend.append("Large marks: mean over seeds; small marks: single seeds.")
  }
  if drawn.contains(where: { $0.loss.base == "focal" }) {
    legend.append("Dashed: level of Focal.")
  }
  if grid.panels.contains(where: { ScatterSeries.front(ScatterSeries.of($0)).count > 1 }) {
    legend.append("Pale line: Pareto front, the means that none beats in both.")
  }
  let curves = grid.panels.flatMap { CorrectionCurve.all($0) }
  if !curves.isEmpty {
    legend.append(
      "Gray line, CE @ tau: CE with its prior corrected after training, from "
        + "tau \(plain(curves[0].taus[0])) to the tau with the highest mean accuracy"
        + (curves.contains { $0.seeds.count > 1 }
          ? "; band: one standard deviation of the seeds." : ".")
    )
  }
  if grid.panels.contains(where: { $0.indistinct.values.contains { !$0.isEmpty } }) {
    legend.append(
      "\(indistinctMark.dropFirst()): inconclusive difference from CE in both (Holm, 5 %; tables.md)."
    )
  }
  let single = grid.places.filter { $0.panel.finishedSeeds($0.setting).count == 1 }
  if !single.isEmpty {
    let isAll = single.count == grid.places.count
    legend.append(
      "\(isAll ? "" : single.map(\.id).joined(separator: ", ") + ": ")one seed, no verdict."
        .capitalizedFirst)
  }
  if drawn.contains(where: \.loss.isPublished) {
    legend.append("name.pub, in the color of name: as computed by the code of the paper's authors.")
  }
  if let axes = ScatterChart.axesStatement(grid) { legend.append(axes) }
  return (legend.isEmpty ? [] : [legend.joined(separator: " ")]) + gaps(grid)
}

let bestRatesNote = "For each loss, the learning rate that scores best on the validation split."

private func gaps(_ grid: Grid) -> [String] {
  grid.panels.compactMap { panel in
    let absent = panel.rows.filter { $0.runs.isEmpty }.map { panel.label($0) }
    return absent.isEmpty
      ? nil : "\(panel.title): no finished run of \(absent.joined(separator: ", "))."
  }
}
