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
    let (former, digests) = (ReportManifest(of: folder), ReportDigests(storedIn: folder))
    for name in ["tables", "figures"] {
      try AtomicFile.createFolder(folder.appending(path: name))
      AtomicFile.removeLeftovers(in: folder.appending(path: name))
    }
    for case let (path, .text(text)) in files.map({ ($0.path, $0.content) }) {
      try AtomicFile.write(text, to: folder.appending(path: path))
    }
    try AtomicFile.write(markdownText, to: folder.appending(path: markdownName))
    let left = former.removeFiles(notIn: manifest, of: folder, digests)
    if let first = left.first {
      warn(
        "\(folder.appending(path: first).relativePath)"
          + (left.count > 1 ? " and \(left.count - 1) more" : "")
          + " of an earlier report are left: they are not as that report wrote them, or it was by an "
          + "older version; remove them by hand")
    }
    try manifest.write(to: folder)
    // What is drawn below is added at the end.
    try ReportDigests(of: manifest.paths, in: folder).write(to: folder)
    // The page has the pictures there are, also where one cannot be drawn.
    let drawn = Result { try draw(files, in: folder) }
    let page = try page(PagePictures(folder: folder, isSingleFile: isSingleFile))
    try AtomicFile.write(page.html, to: folder.appending(path: pageName))
    try ReportDigests(of: manifest.paths, in: folder).write(to: folder)
    try drawn.get()
  }

  /// Pictures of an earlier report are removed first: they are of other numbers.
  private func draw(_ files: [ReportFile], in folder: URL) throws {
    for file in files where Gnuplot.executable != nil && file.isDrawn {
      // A link goes, and not what it leads to.
      AtomicFile.remove(folder.appending(path: file.path))
    }
    var scripts: [String] = []
    for case .plot(let script) in files.map(\.content) where !scripts.contains(script) {
      scripts.append(script)
    }
    let plots = try Gnuplot.Drawing(scripts, in: folder.appending(path: "figures"))
    // While gnuplot is busy.
    let drawn = Result {
      for case let (path, .drawing(draw)) in files.map({ ($0.path, $0.content) }) {
        try draw(folder.appending(path: path))
      }
    }
    try plots?.finish()
    try drawn.get()
  }
}

extension ReportFile {
  fileprivate var isDrawn: Bool {
    if case .text = content { false } else { true }
  }
}
