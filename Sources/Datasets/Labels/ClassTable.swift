/// The classes of a data set, in the order of their training ids.
package struct ClassTable: Hashable, Sendable {
  package struct Entry: Hashable, Sendable {
    /// The data set's own name of the class.
    package let name: String
    /// The data set's official color, red, green, blue.
    package let color: [UInt8]
    /// Listed in the paper's per-class tables (II, III), or rare by pixel count where there is no
    /// such table.
    package fileprivate(set) var isMinority: Bool
  }
  package private(set) var entries: [Entry]
  /// Where the choice of minority classes comes from, for table captions.
  package let minorityRule: String
  /// Whether the minority classes are those with less than 2 percent of the training pixels.
  package internal(set) var countsMinority = false

  init(entries: [Entry], minorityRule: String) {
    (self.entries, self.minorityRule) = (entries, minorityRule)
  }

  package var count: Int { entries.count }
  package var names: [String] { entries.map(\.name) }
  /// Training ids of the minority classes, ascending.
  package var minority: [Int] { entries.indices.filter { entries[$0].isMinority } }

  /// The table with the minority classes of a training split, if they are defined by pixel counts.
  /// - Parameter trainingPixels: the pixels of each class, by training id.
  package func counted(_ trainingPixels: [Int]) -> ClassTable {
    guard countsMinority, trainingPixels.count == count else { return self }
    let limit = 0.02 * Double(trainingPixels.reduce(0, +))
    var table = self
    for id in entries.indices { table.entries[id].isMinority = Double(trainingPixels[id]) < limit }
    return table
  }
}
