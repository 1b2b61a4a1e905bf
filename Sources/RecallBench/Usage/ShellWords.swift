/// A command line as one types it into a shell, cut into words.
struct ShellWords {
  /// The words as typed, with their quotes.
  let typed: [String]
  /// The words as the program gets them.
  let values: [String]

  /// Reads words, quotes and comments; a backslash before a newline joins two lines. Nothing is
  /// expanded.
  init(_ line: String) {
    var (typed, values) = ([String](), [String]())
    var (word, value, quote) = ("", "", nil as Character?)
    func end() {
      if !word.isEmpty {
        typed.append(word)
        values.append(value)
      }
      (word, value) = ("", "")
    }
    for character in line.replacing("\\\n", with: " ") {
      if quote == nil, character.isWhitespace {
        end()
        continue
      }
      if quote == nil, character == "#", word.isEmpty { break }
      word.append(character)
      if character == quote {
        quote = nil
      } else if quote == nil, character == "\"" || character == "'" {
        quote = character
      } else {
        value.append(character)
      }
    }
    end()
    (self.typed, self.values) = (typed, values)
  }

  /// The command in lines of at most `width` characters, which a shell reads as one; an option stays
  /// with its value.
  func wrapped(_ width: Int, indent: String) -> [String] {
    var units: [String] = []
    for word in typed {
      let isValue = units.last.map { $0.hasPrefix("-") && !$0.contains(" ") } ?? false
      if isValue, !word.hasPrefix("-") {
        units[units.count - 1] += " \(word)"
      } else {
        units.append(word)
      }
    }
    var lines = [indent]
    for unit in units {
      let line = lines[lines.count - 1]
      let isFirst = line.allSatisfy { $0 == " " }
      if isFirst || line.count + 1 + unit.count <= width - 2 {
        lines[lines.count - 1] += (isFirst ? "" : " ") + unit
      } else {
        lines[lines.count - 1] += " \\"
        lines.append(indent + "  " + unit)
      }
    }
    return lines
  }
}
