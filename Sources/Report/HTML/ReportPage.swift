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

  fileprivate var html: HTML {
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

  fileprivate var entry: HTML {
    let list = parts.map { "<li><a href=\"#\($0.anchor)\">\($0.title)</a></li>" as HTML }
    let inner: HTML = list.isEmpty ? .empty : "\n<ul>\n\(list.joined("\n"))\n</ul>\n"
    return "<li><a href=\"#\(anchor)\">\(title)</a>\(inner)</li>"
  }
}

/// The one page of a sweep: no other file and no network is needed to read it, and no script.
struct ReportPage {
  let title: String
  let banner: HTML
  let sections: [PageSection]

  /// The whole document. The policy in its head has the browser refuse anything from elsewhere.
  var html: String {
    let document: HTML = """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
      <title>\(title)</title>
      <style>
      \(HTML(verbatim: pageStyle))
      </style>
      </head>
      <body>
      <a class="skip" href="#main">Skip to the results</a>
      <header>
      <h1>\(title)</h1>
      \(banner)
      </header>
      <div class="columns">
      <nav aria-labelledby="contents">
      <h2 id="contents">Contents</h2>
      <ul>
      \(sections.map(\.entry).joined("\n"))
      </ul>
      </nav>
      <main id="main" tabindex="-1">
      \(sections.map(\.html).joined("\n"))
      </main>
      </div>
      <footer>
      <p>Written by RecallBench from the stored runs; the same runs give the same page.</p>
      </footer>
      <script>
      \(HTML(verbatim: pageScript))
      </script>
      </body>
      </html>

      """
    return document.markup
  }
}

extension ReportPage {
  /// - Parameters:
  ///   - drawn: what figures show of the grid.
  ///   - further: sections between the tables and the learning curves.
  init(
    _ grid: Grid, drawn: Grid, tables: [Table], profile: String, further: [PageSection] = []
  ) {
    title = "RecallBench results: \(profile)"
    banner = pageBanner(grid)
    let curves = PageSection.curves(drawn).map { [$0] } ?? []
    sections =
      [.scatter(drawn), .tables(tables)] + further + curves + [.configuration(grid), .runs(grid)]
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
