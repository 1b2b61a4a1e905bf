/// A data set's name in sweeps, options, columns and folders. In JSON it is a plain string.
package struct DatasetName: RawRepresentable, Codable, Hashable, Sendable {
  package let rawValue: String

  package init(rawValue: String) { self.rawValue = rawValue }
}

extension DatasetName: CustomStringConvertible {
  package var description: String { rawValue }
}

extension DatasetName: Comparable {
  /// The order in tables: registry order, then all others alphabetically.
  package static func < (a: DatasetName, b: DatasetName) -> Bool {
    (a.rank, a.rawValue) < (b.rank, b.rawValue)
  }

  private var rank: Int { DatasetRegistry.names.firstIndex(of: self) ?? .max }
}
