/// A part of the page with a heading of its own and an entry in the table of contents.
package struct PageSection {
  /// A heading inside the section that the table of contents also lists.
  package struct Part {
    let anchor: String
    let title: String
    let body: HTML
    /// The short name of the panel that it is about, such as `S18`, under which the contents list it;
    /// nil: several panels.
    var panel: String?
    /// What the contents call it among the panel's parts; nil: the section's title.
    var label: String?
    /// Whether it is folded away on screen where scripts run.
    let isFolded: Bool

    package init(
      anchor: String, title: String, body: HTML, panel: String? = nil, label: String? = nil,
      isFolded: Bool = false
    ) {
      (self.anchor, self.title, self.body) = (anchor, title, body)
      (self.panel, self.label, self.isFolded) = (panel, label, isFolded)
    }

    fileprivate var html: HTML {
      let heading: HTML = "<h3 id=\"\(anchor)\" tabindex=\"-1\">\(title)</h3>"
      return isFolded
        ? """
        <details class="part" open data-fold>
        <summary>\(heading)</summary>
        \(body)
        </details>
        """
        : """
        <section aria-labelledby="\(anchor)">
        \(heading)
        \(body)
        </section>
        """
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
    let all = parts.map(\.html).joined("\n")
    let content: HTML = isInColumns ? "<div class=\"pairs\">\n\(all)\n</div>" : all
    return """
      <section class="top" aria-labelledby="\(anchor)">
      <h2 id="\(anchor)" tabindex="-1">\(title)</h2>
      \(body)
      \(content)
      </section>
      """
  }

  /// Anchors of the section and of its parts.
  var anchors: [String] { [anchor] + parts.map(\.anchor) }

  /// In the contents: the section with those of its parts that are not about one panel.
  fileprivate var entry: HTML {
    let list = parts.filter { $0.panel == nil }.map {
      "<li><a href=\"#\($0.anchor)\">\($0.title)</a></li>" as HTML
    }
    let inner: HTML = list.isEmpty ? .empty : "\n<ul>\n\(list.joined("\n"))\n</ul>\n"
    return "<li><a href=\"#\(anchor)\">\(title)</a>\(inner)</li>"
  }
}

extension PageSection.Part {
  /// The same part as one of the panel whose slug stands in its anchor, where it names none itself.
  fileprivate func assigned(to panels: [Panel]) -> Self {
    let own = panels.filter { anchor.contains($0.slug) }.max { $0.slug.count < $1.slug.count }
    guard panel == nil, let own else { return self }
    var part = self
    part.panel = own.id
    let name = title.replacing(", \(own.title)", with: "").replacing("\(own.id): ", with: "")
    part.label = label ?? (name == own.title ? nil : name)
    return part
  }
}

extension PageSection {
  /// The same section whose parts know their panels.
  func assigned(to panels: [Panel]) -> PageSection {
    var section = self
    section.parts = parts.map { $0.assigned(to: panels) }
    return section
  }

  /// The contents: the sections, then of each panel what they hold of it.
  static func contents(_ sections: [PageSection], panels: [(id: String, title: String)]) -> HTML {
    let groups = panels.map { panel in group(sections, panel.id, panel.title) }
    return """
      <ul>
      \(sections.map(\.entry).joined("\n"))
      </ul>
      \(groups.joined("\n"))
      """
  }

  private static func group(_ sections: [PageSection], _ id: String, _ title: String) -> HTML {
    let links = sections.flatMap { section in
      section.parts.filter { $0.panel == id }.map { part -> HTML in
        "<li><a href=\"#\(part.anchor)\">\((part.label ?? section.title).lowercasedFirst)</a></li>"
      }
    }
    guard !links.isEmpty else { return .empty }
    return """
      <div class="of-panel">
      <p><b>\(id)</b> \(title)</p>
      <ul>
      \(links.joined("\n"))
      </ul>
      </div>
      """
  }

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
