import Datasets

extension PanelKey {
  /// A short name for each panel of a report, such as `S18` for SYNTHIA with ResNet-18 and `CV101` for
  /// CamVid with ResNet-101. A report spells them out once, in its table of panels.
  ///
  /// Where a data set and a backbone have both architectures, `+` marks DeepLab v3+; what is still the
  /// same is numbered.
  static func ids(_ keys: [PanelKey]) -> [PanelKey: String] {
    var ids: [PanelKey: String] = [:]
    for key in keys {
      let isTwin = keys.contains {
        $0 != key && $0.shortName == key.shortName && $0.differsInNetwork(key)
      }
      let stem = key.shortName + (isTwin && key.network.architecture == .deeplabv3plus ? "+" : "")
      let same = ids.values.count { $0 == stem || $0.hasPrefix(stem + "-") }
      ids[key] = same == 0 ? stem : "\(stem)-\(same + 1)"
    }
    return ids
  }

  /// The data set's initials and the backbone's depth.
  var shortName: String {
    let backbone = network.backbone.rawValue
    // `18a` for `resnet18_authors`.
    let variant = backbone.split(separator: "_").dropFirst().compactMap(\.first)
    return dataset.initials + backbone.filter(\.isNumber) + String(variant)
  }

  private func differsInNetwork(_ other: PanelKey) -> Bool {
    dataset == other.dataset && network.architecture != other.network.architecture
  }
}

extension DatasetName {
  /// `S` for SYNTHIA, `CV` for CamVid; the first letter of a name without capitals.
  fileprivate var initials: String {
    let letters = title.filter { $0.isASCII && $0.isLetter }
    let capitals = letters.filter(\.isUppercase)
    let isShouted = capitals.count == letters.count
    return isShouted || capitals.isEmpty ? letters.prefix(1).uppercased() : capitals
  }
}

/// A panel's name as the fragment of an address: `s18`, and `s18p` for `S18+`.
func panelAnchor(_ id: String) -> String {
  String(
    id.lowercased().map { $0 == "+" ? "p" : $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" })
}
