import Experiments
import Files
import Foundation

extension PageSection {
  /// Everything that determines a run's numbers but its loss and seed: a column for each setting.
  static func configuration(_ grid: Grid) -> PageSection {
    var columns: [DataTable.Column] = []
    var values: [[String: String]] = []
    for panel in grid.panels {
      for setting in panel.settings {
        columns.append(.init(title: panel.id(setting), isNumeric: false))
        values.append(setting.entries)
      }
    }
    let keys = Set(values.flatMap(\.keys)).sorted()
    let table = DataTable(
      caption: "Configuration of the runs, by data set and network", rowHeader: "setting",
      columns: columns,
      rows: keys.map { key in .init(label: key, cells: values.map { $0[key] ?? dash }) })
    return PageSection(
      anchor: "configuration", title: "Configuration",
      body: """
        <p>As in each run's run.json; the loss and the seed are the run's own. A dash: not set.</p>
        \(folded("All \(keys.count) settings", table.html))
        """)
  }
}

extension Setting {
  /// The configuration's values by their paths, such as `training.batch`.
  fileprivate var entries: [String: String] {
    var configuration = shared
    configuration.architecture = architecture
    guard let json = try? CanonicalJSON.encode(configuration),
      let tree = try? JSONDecoder().decode(JSONTree.self, from: json)
    else { return [:] }
    var entries = tree.leaves()
    (entries["loss"], entries["seed"]) = (nil, nil)
    if isTuned { entries["training.learningRate"] = "chosen for each loss" }
    return entries
  }
}
