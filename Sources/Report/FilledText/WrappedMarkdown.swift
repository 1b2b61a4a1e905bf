/// Markdown whose paragraphs and list items are broken into lines anew. Code, tables, headings, pictures
/// and HTML stay as they are.
func wrappedMarkdown(_ text: String, width: Int) -> String {
  var (lines, block, isCode) = ([String](), [Substring](), false)
  func end() {
    lines += wrapped(block, width: width)
    block = []
  }
  for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
    let isFence = line.hasPrefix("```")
    if isFence || isCode || line.first.map({ "|#<!>".contains($0) }) ?? true {
      end()
      lines.append(String(line))
      if isFence { isCode.toggle() }
    } else {
      if !listMark(line).isEmpty { end() }
      block.append(line)
    }
  }
  end()
  return lines.joined(separator: "\n")
}

/// What a list item begins with, such as `- ` or `10. `; empty for other lines.
private func listMark(_ line: Substring) -> Substring {
  line.prefixMatch(of: #/ *(?:[-*]|[0-9]+\.) /#)?.output ?? ""
}

/// The lines of a paragraph or a list item; those of an item are indented below its first word.
private func wrapped(_ block: [Substring], width: Int) -> [String] {
  guard let first = block.first else { return [] }
  let mark = String(listMark(first))
  let indent = String(repeating: " ", count: mark.count)
  let words = block.joined(separator: " ").dropFirst(mark.count).split(separator: " ")
  let lines = brokenLines(words, limit: width - mark.count)
  return lines.enumerated().map { ($0.offset == 0 ? mark : indent) + $0.element }
}
