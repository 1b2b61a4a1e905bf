import Datasets
import Foundation

extension RunConfiguration {
  /// The name of the run's folder: a readable summary and the digest.
  package var runName: String {
    get throws {
      let network = networkNames.joined(separator: "-")
      return "\(data.name)-\(network)-\(lossSlug)-s\(seed)-\(try digest.prefix(12))"
    }
  }

  /// Whether a folder of this name is that of the run. In earlier versions, the summary of the loss was
  /// longer or written in another way.
  func fits(_ name: String) throws -> Bool {
    let own = try runName
    if name == own { return true }
    let start = ([data.name.rawValue] + networkNames).joined(separator: "-") + "-"
    let end = "-s\(seed)-\(own.suffix(12))"
    guard name.hasPrefix(start), name.dropFirst(start.count).hasSuffix(end) else { return false }
    return name.dropFirst(start.count).dropLast(end.count).unicodeScalars.allSatisfy {
      Self.isSlug($0) || $0 == "-"
    }
  }

  private static func isSlug(_ scalar: Unicode.Scalar) -> Bool {
    let isWord = scalar.isASCII && (scalar.properties.isAlphabetic || "0"..."9" ~= scalar)
    return isWord || scalar == "_" || scalar == "."
  }

  /// A label such as `synthia resnet18 recall s1` or `synthia deeplabv3plus resnet18 recall s1`.
  package var label: String {
    ([data.name.rawValue] + networkNames + [loss, "s\(seed)"]).joined(separator: " ")
  }

  /// The backbone, preceded by the architecture unless that is DeepLabV3.
  private var networkNames: [String] {
    [architecture?.rawValue, backbone.rawValue].compactMap(\.self)
  }

  /// The loss in at most 100 characters, which are letters, digits, `_`, `.` and `-` (the digest
  /// distinguishes losses with the same slug): `focal(gamma: 1)` becomes `focal-gamma-1`, and
  /// `recall + 0.5 * lovasz` becomes `recall-plus-0.5-lovasz`.
  package var lossSlug: String {
    let safe = loss.replacing(" + ", with: " plus ").unicodeScalars.map { scalar -> Character in
      Self.isSlug(scalar) ? Character(scalar) : "-"
    }
    return String(String(safe).split(separator: "-").joined(separator: "-").prefix(100))
  }
}
