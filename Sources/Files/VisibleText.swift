/// Text in which nothing commands a terminal or hides what is written: control characters, line and
/// paragraph separators and marks that turn the direction of writing are spelled out, such as `\u{1B}`.
///
/// Whatever comes from outside, such as file names and stored records, is shown in this form.
/// - Parameter keepsLines: whether newlines and tabs stay as they are.
package func visible(_ text: String, keepsLines: Bool = false) -> String {
  func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    if keepsLines, scalar == "\n" || scalar == "\t" { return false }
    return scalar.isHidden
  }
  guard text.unicodeScalars.contains(where: isHidden) else { return text }
  return text.unicodeScalars.map { scalar in
    isHidden(scalar) ? scalar.escaped(asASCII: true) : String(Character(scalar))
  }.joined()
}

/// The beginning of a text that a message quotes.
package func excerpt(_ text: String, atMost count: Int = 100) -> String {
  let shown = text.unicodeScalars.prefix(count)
  return shown.endIndex == text.endIndex ? text : String(shown) + "..."
}

extension Unicode.Scalar {
  /// Whether a terminal, a script or a reader may take it for something other than text.
  package var isHidden: Bool {
    switch properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: true
    default: (0x202a...0x202e).contains(value) || (0x2066...0x2069).contains(value)
    }
  }
}

extension String {
  /// Whether it has a character that `visible` would spell out.
  package var hasHiddenCharacters: Bool { unicodeScalars.contains(where: \.isHidden) }
}

/// A word of a command line that is shown to be pasted into a shell: quoted where a shell would not
/// take it as it is. Shells read `$'...'` where it has control characters.
package func shellQuoted(_ word: String) -> String {
  let plain = word.unicodeScalars.allSatisfy { scalar in
    scalar.isASCII
      && (scalar.properties.isAlphabetic || "0"..."9" ~= scalar
        || "_@%+=:,./-".unicodeScalars
          .contains(scalar))
  }
  if plain, !word.isEmpty { return word }
  guard word.hasHiddenCharacters else {
    return "'" + word.replacing("'", with: "'\\''") + "'"
  }
  let escaped = word.unicodeScalars.map { scalar -> String in
    if scalar == "\\" || scalar == "'" { return "\\\(scalar)" }
    guard scalar.isHidden else { return String(Character(scalar)) }
    // By bytes, which every shell that knows this form reads.
    return Character(scalar).utf8.map { byte in
      "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }.joined()
  }
  return "$'" + escaped.joined() + "'"
}
