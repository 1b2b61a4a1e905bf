/// Names as a disk has them, found in any Unicode form: `é` may be one scalar in a list and two on the
/// disk, and a file opens only by the bytes of its own name.
struct NameTable {
  /// Swift compares texts by meaning, so one key holds all forms of a name.
  private let names: [String: [String]]

  init(_ names: [String]) { self.names = Dictionary(grouping: names) { $0 } }

  /// The name on the disk: the one with the same bytes if there is one.
  subscript(name: String) -> String? {
    guard let forms = names[name] else { return nil }
    return forms.first { $0.utf8.elementsEqual(name.utf8) } ?? forms.first
  }
}
