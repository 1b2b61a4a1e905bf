import Files
import Foundation

/// A temporary folder in which gnuplot draws what the scripts of another folder say, so that half a
/// picture never gets there.
struct DrawingDesk {
  let url: URL
  private let folder: URL

  /// Makes the folder, with links to the scripts and their data.
  init(for folder: URL) throws(UserError) {
    self.folder = folder
    url = FileManager.default.temporaryDirectory.appending(
      path: "recallbench-\(getpid())-\(UUID().uuidString)")
    try AtomicFile.createFolder(url)
    for entry in try FolderEntry.list(folder.path) ?? [] where Self.isInput(entry.name) {
      let link = url.appending(path: entry.name).path
      do {
        try FileManager.default.createSymbolicLink(
          atPath: link, withDestinationPath: folder.appending(path: entry.name).path)
      } catch {
        remove()
        throw UserError(path: link, problem: "cannot be made; check the space in that folder")
      }
    }
  }

  private static func isInput(_ name: String) -> Bool {
    name.hasSuffix(".gp") || name.hasSuffix(".dat")
  }

  /// Writes what was drawn into the folder.
  /// - Throws: `UserError` naming a picture that is not whole or cannot be written.
  func deliver() throws(UserError) {
    for entry in try FolderEntry.list(url.path) ?? [] where !Self.isInput(entry.name) {
      let picture = try DrawnFile.read(url.appending(path: entry.name))
      try AtomicFile.write(picture, to: folder.appending(path: entry.name))
    }
  }

  func remove() { try? FileManager.default.removeItem(at: url) }
}
