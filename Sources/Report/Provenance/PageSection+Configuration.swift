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
    var entries = tree.leaves(at: "")
    (entries["loss"], entries["seed"]) = (nil, nil)
    if isTuned { entries["training.learningRate"] = "chosen for each loss" }
    return entries
  }
}

/// JSON of which nothing is known beforehand.
private enum JSONTree: Decodable {
  case object([String: JSONTree])
  case list([JSONTree])
  case leaf(String)

  init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if let object = try? value.decode([String: JSONTree].self) {
      self = .object(object)
    } else if let list = try? value.decode([JSONTree].self) {
      self = .list(list)
    } else if let flag = try? value.decode(Bool.self) {
      self = .leaf(flag ? "yes" : "no")
    } else if let number = try? value.decode(UInt64.self) {
      self = .leaf("\(number)")
    } else if let number = try? value.decode(Double.self) {
      self = .leaf(plain(number))
    } else {
      self = .leaf(try value.decode(String.self))
    }
  }

  func leaves(at path: String) -> [String: String] {
    switch self {
    case .leaf(let text): return [path: text]
    case .object(let object):
      return object.reduce(into: [:]) { leaves, entry in
        let inner = path.isEmpty ? entry.key : "\(path).\(entry.key)"
        leaves.merge(entry.value.leaves(at: inner)) { first, _ in first }
      }
    case .list(let list):
      return list.enumerated().reduce(into: [:]) { leaves, entry in
        leaves.merge(entry.element.leaves(at: "\(path).\(entry.offset)")) { first, _ in first }
      }
    }
  }
}
