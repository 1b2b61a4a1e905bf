import Datasets
import Experiments
import Foundation

/// A data set and a backbone: a table, or a panel of the scatter figure.
package struct Panel: Hashable, Comparable {
  package let dataset: DatasetName
  package let backbone: Backbone

  var slug: String { "\(dataset.rawValue)-\(backbone.rawValue)" }

  package static func < (a: Panel, b: Panel) -> Bool { a.rank < b.rank }

  private var rank: (Int, Int) {
    (
      DatasetName.allCases.firstIndex(of: dataset) ?? 0,
      Backbone.allCases.firstIndex(of: backbone) ?? 0
    )
  }
}

/// All of a configuration but loss and seed. Only runs of one setting are averaged.
struct Setting: Hashable, Comparable {
  /// The configuration with the loss `""` and the seed 0.
  let shared: RunConfiguration
  private let key: String

  init(_ configuration: RunConfiguration) {
    var shared = configuration
    (shared.loss, shared.seed) = ("", 0)
    self.shared = shared
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    // Only orders settings; numbers that JSON cannot hold do not pass the sweep's checks.
    key = ((try? encoder.encode(shared)).map { String(decoding: $0, as: UTF8.self) }) ?? ""
  }

  var panel: Panel { Panel(dataset: shared.data.name, backbone: shared.backbone) }

  /// Shorter runs first.
  static func < (a: Setting, b: Setting) -> Bool {
    (a.shared.training.iterations, a.key) < (b.shared.training.iterations, b.key)
  }
}
