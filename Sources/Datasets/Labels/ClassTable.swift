/// The classes of a data set, in the order of their training ids.
package struct ClassTable: Hashable, Sendable {
  package struct Entry: Hashable, Sendable {
    /// The data set's own name of the class.
    package let name: String
    /// The data set's official colour, red, green, blue.
    package let color: [UInt8]
    /// Listed in the paper's per-class tables (II, III), or small by pixels where there is none.
    package let isMinority: Bool
  }
  package let entries: [Entry]
  /// Where the choice of minority classes comes from, for table captions.
  package let minorityRule: String

  package var count: Int { entries.count }
  package var names: [String] { entries.map(\.name) }
  /// Training ids of the minority classes, ascending.
  package var minority: [Int] { entries.indices.filter { entries[$0].isMinority } }
}
