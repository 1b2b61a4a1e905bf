/// A part of the page with a heading of its own and an entry in the table of contents.
package struct PageSection {
  /// A heading inside the section that the table of contents also lists.
  package struct Part {
    let anchor: String
    let title: String
    let body: HTML

    package init(anchor: String, title: String, body: HTML) {
      (self.anchor, self.title, self.body) = (anchor, title, body)
    }
  }

  /// The fragment of the section's address, unique on the page.
  let anchor: String
  let title: String
  /// What stands before the parts.
  var body: HTML
  var parts: [Part]
  /// Whether parts stand beside each other where there is room.
  var isInColumns = false

  package init(anchor: String, title: String, body: HTML = .empty, parts: [Part] = []) {
    (self.anchor, self.title, self.body, self.parts) = (anchor, title, body, parts)
  }

  var html: HTML {
    let inner = parts.map { part -> HTML in
      """
      <section aria-labelledby="\(part.anchor)">
      <h3 id="\(part.anchor)" tabindex="-1">\(part.title)</h3>
      \(part.body)
      </section>
      """
    }
    let all = inner.joined("\n")
    let content: HTML = isInColumns ? "<div class=\"pairs\">\n\(all)\n</div>" : all
    return """
      <section class="top" aria-labelledby="\(anchor)">
      <h2 id="\(anchor)" tabindex="-1">\(title)</h2>
      \(body)
      \(content)
      </section>
      """
  }

  var entry: HTML {
    let list = parts.map { "<li><a href=\"#\($0.anchor)\">\($0.title)</a></li>" as HTML }
    let inner: HTML = list.isEmpty ? .empty : "\n<ul>\n\(list.joined("\n"))\n</ul>\n"
    return "<li><a href=\"#\(anchor)\">\(title)</a>\(inner)</li>"
  }
}

extension PageSection {
  /// Sections of the same anchor become one, where the first of them stands: their parts follow each
  /// other under its heading.
  static func joined(_ sections: [PageSection]) -> [PageSection] {
    var list: [PageSection] = []
    for section in sections {
      if let index = list.firstIndex(where: { $0.anchor == section.anchor }) {
        list[index].parts += section.parts
      } else {
        list.append(section)
      }
    }
    return list
  }
}

/// Markup that is folded away on screen where scripts run, and open everywhere else.
func folded(_ summary: String, _ body: HTML) -> HTML {
  """
  <details open data-fold>
  <summary>\(summary)</summary>
  \(body)
  </details>
  """
}

/// One paragraph for each line.
func paragraphs(_ lines: [String]) -> HTML {
  lines.map { "<p>\($0)</p>" as HTML }.joined("\n")
}

/// A list; nothing where there are no lines.
func bullets(_ lines: [String]) -> HTML {
  lines.isEmpty
    ? .empty : "<ul class=\"notes\">\n\(lines.map { "<li>\($0)</li>" as HTML }.joined("\n"))\n</ul>"
}
