import Datasets
import Foundation

extension RunConfiguration {
  /// The name of the run's folder: what one wants to know at a glance, and the digest.
  package var runName: String {
    get throws {
      let network = networkNames.joined(separator: "-")
      return "\(data.name)-\(network)-\(lossSlug)-s\(seed)-\(try digest.prefix(12))"
    }
  }

  /// `synthia resnet18 recall s1`; `synthia deeplabv3plus resnet18 recall s1`
  package var label: String {
    ([data.name.rawValue] + networkNames + [loss, "s\(seed)"]).joined(separator: " ")
  }

  /// The backbone, after the architecture if that is not DeepLabV3.
  private var networkNames: [String] {
    [architecture?.rawValue, backbone.rawValue].compactMap(\.self)
  }

  /// The loss in letters, digits, `_`, `.` and `-` only, and at most 100 of them (the digest tells
  /// apart what is alike then): `focal(gamma: 1)` is `focal-gamma-1`, `recall + 0.5 * lovasz`
  /// `recall-plus-0.5-lovasz`.
  package var lossSlug: String {
    let safe = loss.replacing(" + ", with: " plus ").unicodeScalars.map { scalar -> Character in
      let kept = scalar.isASCII && (scalar.properties.isAlphabetic || "0"..."9" ~= scalar)
      return kept || scalar == "_" || scalar == "." ? Character(scalar) : "-"
    }
    return String(String(safe).split(separator: "-").joined(separator: "-").prefix(100))
  }
}
