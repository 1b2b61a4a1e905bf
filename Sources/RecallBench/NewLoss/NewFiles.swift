import Experiments
import Files
import Foundation

/// Files that are written all or not at all.
struct NewFiles {
  /// None of them may be there.
  var added: [(path: String, text: String)]
  /// One more that is there and gets another text, after the others.
  var replaced: (path: String, text: String)?

  /// Makes missing folders as well.
  /// - Throws: `UserError`; everything then is as it was before.
  func write() throws {
    for (path, _) in added where exists(path) {
      throw UserError(path: path, problem: "is there already; take another name")
    }
    var made: [URL] = []
    do {
      for (path, text) in added {
        let url = URL(filePath: path)
        made.append(topmostMissing(url))
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
    // Also of a link to nothing.
    (try? FileManager.default.attributesOfItem(atPath: path)) != nil
  }

  /// The file, or the first of its folders that there is not.
  private func topmostMissing(_ file: URL) -> URL {
    var url = file
    while case let folder = url.deletingLastPathComponent(), folder.path != url.path,
      !FileManager.default.fileExists(atPath: folder.path)
    { url = folder }
    return url
  }
}
