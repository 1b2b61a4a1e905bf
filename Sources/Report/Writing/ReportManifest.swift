import Files
import Foundation

/// The list of the files that a report consists of, kept beside them: the next report removes those
/// that it no longer makes.
struct ReportManifest {
  static let name = "report-files.txt"

  /// Ascending.
  let paths: [String]

  init(_ paths: [String]) { self.paths = Set(paths).sorted() }

  /// The last report's; empty where there is none. Lines that no report writes are ignored.
  init(of folder: URL) {
    let file = folder.appending(path: Self.name)
    let text = (try? AtomicFile.read(file)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    self.init(text.split(whereSeparator: \.isNewline).map(String.init).filter(ReportFile.isAllowed))
  }

  func write(to folder: URL) throws(UserError) {
    let head = "# Files of this report. The next report removes those that it no longer makes.\n"
    try AtomicFile.write(
      head + paths.map { $0 + "\n" }.joined(), to: folder.appending(path: Self.name))
  }

  /// Removes files that are listed here and not in `next`. What is not a regular file in a regular
  /// folder, such as a link, is left alone.
  func removeFiles(notIn next: ReportManifest, of folder: URL) throws {
    let kept = Set(next.paths)
    for path in paths where !kept.contains(path) {
      let file = folder.appending(path: path)
      let parent = file.deletingLastPathComponent()
      guard Self.type(file) == .typeRegular,
        !path.contains("/") || Self.type(parent) == .typeDirectory
      else { continue }
      try FileManager.default.removeItem(at: file)
    }
  }

  /// Of the thing itself, not of what a link leads to; nil where there is none.
  private static func type(_ url: URL) -> FileAttributeType? {
    let attributes = try? FileManager.default.attributesOfItem(atPath: url.path)
    return attributes?[.type] as? FileAttributeType
  }
}
