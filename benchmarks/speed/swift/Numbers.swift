import Foundation

extension Double {
  /// With so many decimals.
  func fixed(_ decimals: Int) -> String {
    isFinite ? String(format: "%.\(decimals)f", self) : "-"
  }

  var percent: String { isFinite ? (100 * self).fixed(0) + "%" : "-" }
}

/// In MiB, without decimals.
func mebibytes(_ bytes: Int) -> String { (Double(bytes) / 1_048_576).fixed(0) }
