import Datasets
import Files
import Foundation
import Synchronization
import Tensors

/// The PNG files of a rendered data set.
struct RenderedFiles {
  let root: URL
  /// Below the root.
  let folders: [String]

  /// What identifies the names and bytes of all files: a file that was edited, damaged, added or removed
  /// changes it.
  /// - Throws: `UserError` naming a file or folder that cannot be read.
  func digest(_ compute: Compute) throws -> String {
    let paths = try paths()
    let digests = Mutex([String](repeating: "", count: paths.count))
    try compute.parallelTry(paths.count) { index in
      let url = root.appending(path: paths[index])
      guard let data = try? Data(contentsOf: url) else {
        throw UserError(path: url.path, problem: "cannot be read; check its permissions")
      }
      let digest = xxh64(data)
      digests.withLock { $0[index] = digest }
    }
    let lines = zip(paths, digests.withLock { $0 }).map { "\($0) \($1)\n" }
    return xxh64(Data(lines.joined().utf8))
  }

  /// - Throws: `UserError` naming a folder that cannot be listed, which must not pass for an empty one.
  private func paths() throws(UserError) -> [String] {
    var (found, open): ([String], [String]) = ([], folders)
    while let folder = open.popLast() {
      let entries = try FolderEntry.list(root.appending(path: folder).path) ?? []
      for entry in entries where !entry.name.hasPrefix(".") {
        let path = "\(folder)/\(entry.name)"
        if entry.kind == .folder { open.append(path) }
        if entry.kind == .file, path.hasSuffix(".png") { found.append(path) }
      }
    }
    return found.sorted()
  }
}
