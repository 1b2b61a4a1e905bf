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

  /// Removes files that are listed here and not in `next`, if they are still what a report made. What
  /// was added or changed by hand since, or is a link, is left alone.
  /// - Returns: the files that are left.
  func removeFiles(
    notIn next: ReportManifest, of folder: URL, _ digests: ReportDigests
  ) -> [String] {
    let kept = Set(next.paths)
    let former = Set(paths + digests.paths).subtracting(kept).sorted()
    return former.filter { path in
      let file = folder.appending(path: path)
      if digests.isUnchanged(path, in: folder) { return !AtomicFile.remove(file) }
      return FileManager.default.fileExists(atPath: file.path)
    }
  }
}
