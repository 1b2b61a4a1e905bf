/// Why bytes are no file of weights that can be read: one line, without the file's name.
package struct CheckpointError: Error, Hashable, CustomStringConvertible {
  package let description: String

  init(_ description: String) { self.description = description }
}

/// Text out of a file as a message may show it: printable ASCII, at most 80 characters.
package func printable(_ text: String) -> String {
  let shown = text.unicodeScalars.prefix(80).map { scalar in
    (0x20...0x7e).contains(scalar.value) ? Character(scalar) : "?"
  }
  return String(shown) + (shown.count < text.unicodeScalars.count ? "..." : "")
}

func quoted(_ text: String) -> String { "'\(printable(text))'" }
