import Experiments
import Files
import Foundation

/// Files that are written either all together or not at all. If the process was killed in between,
/// writing them again completes them.
struct NewFiles {
  /// Files to add; none of them may exist with another text.
  var added: [(path: String, text: String)]
  /// An existing file that gets new text, after the others are written.
  var replaced: (path: String, text: String)?

  /// Also makes missing folders.
  /// - Throws: `UserError`; everything is then as it was before.
  func write() throws {
    let missing = added.filter { !exists($0.path) }
    for (path, text) in added where exists(path) && !holds(path, text) {
      throw UserError(path: path, problem: "already exists; choose another name")
    }
    var made: [URL] = []
    do {
      for (path, text) in missing {
        let url = URL(filePath: path)
        made.append(topmostMissing(url))
        AtomicFile.removeLeftovers(of: url)
        try AtomicFile.createFolder(url.deletingLastPathComponent())
        try AtomicFile.write(text, to: url)
      }
      if let replaced { try AtomicFile.write(replaced.text, to: URL(filePath: replaced.path)) }
    } catch {
      for url in made.reversed() { try? FileManager.default.removeItem(at: url) }
      throw error
    }
  }

  private func exists(_ path: String) -> Bool {
    // Attributes exist for a dangling link, too.
    (try? FileManager.default.attributesOfItem(atPath: path)) != nil
  }

  private func holds(_ path: String, _ text: String) -> Bool {
    (try? AtomicFile.read(URL(filePath: path))) == Data(text.utf8)
  }

  /// The file, or the topmost of its folders that does not exist.
  private func topmostMissing(_ file: URL) -> URL {
    var url = file
    while case let folder = url.deletingLastPathComponent(), folder.path != url.path,
      !FileManager.default.fileExists(atPath: folder.path)
    { url = folder }
    return url
  }
}
