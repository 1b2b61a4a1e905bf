import Files

/// A panel with one of its settings: what a short name such as `S18`, or `S18-A`, stands for.
struct PanelPlace {
  let panel: Panel
  let setting: Setting

  var id: String { panel.id(setting) }
  var anchor: String { panelAnchor(id) }

  /// The data set and the network.
  var title: String { panel.title }

  /// How the numbers were made, the whole sentence.
  var caption: String {
    zip(panel.settings, panel.captions).first { $0.0 == setting }?.1 ?? ""
  }

  static let columns = [
    "data", "network", "input (height x width)", "training", "seeds", "scored on",
  ]

  /// The most important of the caption, in the order of the columns.
  var summary: [String] {
    let (data, training) = (setting.shared.data, setting.shared.training)
    return [
      "\(data.name.title), \(data.kind == .real ? "real" : data.kind.rawValue)",
      "\(panel.network.title), width \(plain(setting.shared.width))", data.inputSize,
      "\(training.iterations) iterations of \(training.batch)\(engines)", seeds,
      "\(images) of the \(data.evaluate.rawValue) split",
    ]
  }

  /// `3 (1, 2, 3)`, or `1 of 3 (1)` where others are missing.
  private var seeds: String {
    let (finished, all) = (panel.finishedSeeds(setting), panel.seeds(setting))
    let count = "\(finished.count)" + (finished.count < all.count ? " of \(all.count)" : "")
    return finished.isEmpty
      ? count : "\(count) (\(finished.map(String.init).joined(separator: ", ")))"
  }

  private var runs: [ReportedRun] {
    panel.rows.filter { $0.setting == setting }.flatMap(\.runs)
  }

  /// `, by PyTorch`; empty for this program.
  private var engines: String {
    let names = Set(runs.compactMap { $0.environment?.engine?.name }).sorted()
    return names.isEmpty ? "" : ", by \(names.joined(separator: ", "))"
  }

  private var images: String {
    let counts = Set(runs.map(\.evaluatedImages)).sorted().map(String.init)
    return counts.isEmpty ? "images" : "\(counts.joined(separator: " or ")) images"
  }
}

extension Grid {
  /// Every panel with each of its settings that has a row, in the order of tables.
  var places: [PanelPlace] {
    panels.flatMap { panel in panel.settings.map { PanelPlace(panel: panel, setting: $0) } }
  }
}
