import Files
import Foundation

/// Writes the tables, figures, claims and the page of a sweep into its folder, all derived from the
/// stored confusion matrices and histories. The same input gives the same bytes.
/// - Parameters:
///   - further: artifacts that the page has after its tables.
///   - pictures: sheets of input, truth and predictions. One with real data is written beside the
///     other figures, but nothing else holds a copy of it.
///   - isSingleFile: whether the page embeds its pictures, to be sent; else it links to the files
///     beside it.
/// - Throws: `UserError` with one line for the user. Where gnuplot is missing or fails, everything
///   but the pictures has been written by then.
package func writeReport(
  _ input: ReportInput, to folder: URL, further: [any Artifact] = [],
  pictures: [PictureSheet] = [], isSingleFile: Bool = false
) throws {
  let grid = try Grid(input.compared)
  guard !grid.panels.isEmpty else {
    throw UserError(path: folder.path, problem: "holds no run to report on; run a sweep into it")
  }
  try SweepReport(grid, input, further: further, pictures: pictures)
    .write(to: folder, isSingleFile: isSingleFile)
}

extension ReportDocument {
  func write(to folder: URL, isSingleFile: Bool) throws {
    let files = files
    let manifest = ReportManifest(files.map(\.path) + [markdownName, pageName])
    do {
      for name in ["tables", "figures"] {
        try AtomicFile.createFolder(folder.appending(path: name))
      }
      for case let (path, .text(text)) in files.map({ ($0.path, $0.content) }) {
        try Data(text.utf8).write(to: folder.appending(path: path), options: .atomic)
      }
      try Data(markdownText.utf8).write(
        to: folder.appending(path: markdownName), options: .atomic)
      try ReportManifest(of: folder).removeFiles(notIn: manifest, of: folder)
      try manifest.write(to: folder)
    } catch let error as CocoaError {
      throw UserError(
        path: folder.path, problem: "the report cannot be written: \(error.localizedDescription)")
    }
    // The page has the pictures there are, also where one cannot be drawn.
    let drawn = Result { try draw(files, in: folder) }
    let page = try page(PagePictures(folder: folder, isSingleFile: isSingleFile))
    do {
      try Data(page.html.utf8).write(to: folder.appending(path: pageName), options: .atomic)
    } catch {
      throw UserError(
        path: folder.path, problem: "cannot write \(pageName): \(error.localizedDescription)")
    }
    try drawn.get()
  }

  /// Pictures of an earlier report are removed first: they are of other numbers.
  private func draw(_ files: [ReportFile], in folder: URL) throws {
    for file in files where Gnuplot.executable != nil && file.isDrawn {
      try? FileManager.default.removeItem(at: folder.appending(path: file.path))
    }
    var scripts: [String] = []
    for case .plot(let script) in files.map(\.content) where !scripts.contains(script) {
      scripts.append(script)
    }
    try Gnuplot.run(scripts, in: folder.appending(path: "figures"))
    for case let (path, .drawing(draw)) in files.map({ ($0.path, $0.content) }) {
      try draw(folder.appending(path: path))
    }
  }
}

extension ReportFile {
  fileprivate var isDrawn: Bool {
    if case .text = content { false } else { true }
  }
}
