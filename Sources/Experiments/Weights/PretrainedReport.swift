import Files

/// Which tensors were loaded, which were left out, and why.
package struct PretrainedReport: Hashable, Sendable, CustomStringConvertible {
  package struct Group: Hashable, Sendable {
    package var reason: String
    /// Names as in the file.
    package var names: [String]
  }
  package var file: String
  package var sha256: String
  package var format: String
  /// Where in the file the tensors are and what stands before their names; empty where there is nothing
  /// to say.
  package var place: String
  /// The number of tensors loaded.
  package var loaded: Int
  package var leftOut: [Group]
  /// The network's tensors that keep their random values.
  package var untouched: [String]

  package var description: String { lines.joined(separator: "\n") }

  /// One line, one for the place, and one for each group. No name in them breaks a line.
  package var lines: [String] {
    var lines = [
      "\(loaded) tensors loaded from \(visible(file)), \(format), SHA-256 \(sha256)"
    ]
    if !place.isEmpty { lines.append("  found \(place)") }
    lines += leftOut.map { "  left out, \($0.reason): \(Self.list($0.names))" }
    if !untouched.isEmpty { lines.append("  randomly initialized: \(Self.list(untouched))") }
    return lines
  }

  private static func list(_ names: [String]) -> String {
    let shown = names.prefix(3).map(printable).joined(separator: ", ")
    return names.count > 3 ? "\(shown) and \(names.count - 3) more" : shown
  }
}
