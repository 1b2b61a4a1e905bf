/// What a report writes: the files of its artifacts, their Markdown and a page.
protocol ReportDocument {
  var files: [ReportFile] { get }
  var markdownName: String { get }
  var markdownText: String { get }
  var pageName: String { get }
  /// - Throws: `UserError` naming a picture that exists and cannot be read.
  func page(_ pictures: PagePictures) throws -> ReportPage
}

extension SweepReport: ReportDocument {
  var markdownName: String { "tables.md" }
  var markdownText: String { tablesPage }
  var pageName: String { "report.html" }
}
