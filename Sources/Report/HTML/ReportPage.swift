/// The one page of a sweep. It needs no network and no script, and of other files only the pictures
/// that it links to.
struct ReportPage {
  let title: String
  let banner: HTML
  let sections: [PageSection]
  /// By which the contents are grouped.
  var panels: [(id: String, title: String)] = []
  /// Where pictures come from, for the policy.
  let pictures: PagePictures.Source

  /// The whole document. The policy in its head has the browser refuse anything from elsewhere.
  var html: String {
    let document: HTML = """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src \(pictures.policy); style-src 'unsafe-inline'; script-src 'unsafe-inline'">
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
      \(PageSection.contents(sections, panels: panels))
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
