/// Backslashes before the characters that Markdown would take for markup.
func escapeMarkdown(_ text: String) -> String {
  var escaped = ""
  for character in text {
    if "\\`*_|<>[]".contains(character) { escaped.append("\\") }
    escaped.append(character)
  }
  return escaped
}

/// A table of cells that are Markdown already.
/// - Parameter numeric: the columns whose cells stand on the right.
func markdownTable(_ header: [String], numeric: Set<String> = [], _ rows: [[String]]) -> String {
  let rule = header.map { numeric.contains($0) ? "---:|" : "---|" }
  let lines = ([header] + rows).map { "| " + $0.joined(separator: " | ") + " |" }
  return ([lines[0], "|" + rule.joined()] + lines.dropFirst()).joined(separator: "\n")
}

/// Words in lines of at most so many characters; a longer word has a line of its own.
func brokenLines(_ words: [Substring], limit: Int) -> [String] {
  var lines: [String] = []
  for word in words {
    if let last = lines.last, last.count + 1 + word.count <= limit {
      lines[lines.count - 1] = last + " " + word
    } else {
      lines.append(String(word))
    }
  }
  return lines
}
