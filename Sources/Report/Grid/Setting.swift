import Datasets
import Experiments
import Foundation
import Models

/// What a panel's networks are: an architecture on a backbone.
package struct NetworkName: Hashable, Comparable, CaseIterable {
  package var architecture = Architecture.deeplabv3
  package var backbone: Backbone

  /// In the order of tables.
  package static let allCases = Architecture.allCases.flatMap { architecture in
    Backbone.allCases.map { NetworkName(architecture: architecture, backbone: $0) }
  }

  /// The backbone's name alone stands for DeepLabV3 on it.
  var slug: String {
    (architecture == .deeplabv3 ? "" : architecture.rawValue + "-") + backbone.rawValue
  }

  var title: String {
    (architecture == .deeplabv3 ? "" : architecture.title + " ") + backbone.title
  }

  package static func < (a: NetworkName, b: NetworkName) -> Bool {
    (allCases.firstIndex(of: a) ?? 0) < (allCases.firstIndex(of: b) ?? 0)
  }
}

/// Which panel: a data set and a network. Tables are one a panel, and the scatter figure shows them
/// beside each other.
package struct PanelKey: Hashable, Comparable {
  package let dataset: DatasetName
  package let network: NetworkName

  var slug: String { "\(dataset.rawValue)-\(network.slug)" }

  package static func < (a: PanelKey, b: PanelKey) -> Bool {
    (a.dataset, a.network) < (b.dataset, b.network)
  }
}

/// Everything in a configuration except the loss and the seed. Only runs of one setting are averaged.
struct Setting: Hashable, Comparable {
  /// The configuration with the loss `""`, no PyTorch loss and the seed 0.
  let shared: RunConfiguration
  private let key: String

  init(_ configuration: RunConfiguration) {
    shared = configuration.withoutLoss
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    // Only orders settings; numbers that JSON cannot hold do not pass the sweep's checks.
    key = ((try? encoder.encode(shared)).map { String(decoding: $0, as: UTF8.self) }) ?? ""
  }

  var architecture: Architecture { shared.architecture ?? .deeplabv3 }

  var panelKey: PanelKey {
    PanelKey(
      dataset: shared.data.name,
      network: NetworkName(architecture: architecture, backbone: shared.backbone))
  }

  /// Shorter runs first, and settings that were chosen for each loss after others.
  static func < (a: Setting, b: Setting) -> Bool {
    (a.shared.training.iterations, a.isTuned ? 1 : 0, a.key)
      < (b.shared.training.iterations, b.isTuned ? 1 : 0, b.key)
  }
}
