/// A value that files and options refer to by its name alone: an enumeration whose cases are data.
///
/// Encoded as the name; decoding a name that no value has is a `DecodingError`.
package protocol NamedValue: RawRepresentable<String>, CaseIterable, Hashable, Codable, Sendable,
  CustomStringConvertible
{
  /// As in sweep files, options, folders and stored configurations.
  var name: String { get }
}

extension NamedValue {
  package var rawValue: String { name }
  package var description: String { name }

  /// - Returns: nil for a name that no value has.
  package init?(rawValue: String) {
    guard let value = Self.allCases.first(where: { $0.name == rawValue }) else { return nil }
    self = value
  }

  package static func == (a: Self, b: Self) -> Bool { a.name == b.name }
  package func hash(into hasher: inout Hasher) { hasher.combine(name) }
}
