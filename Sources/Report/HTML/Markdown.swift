/// Backslashes before the characters that Markdown would take for markup.
func escapeMarkdown(_ text: String) -> String {
  var escaped = ""
  for character in text {
    if "\\`*_|<>[]".contains(character) { escaped.append("\\") }
    escaped.append(character)
  }
  return escaped
}
