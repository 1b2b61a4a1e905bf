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
  /// - Throws: `UserError` naming a file that cannot be read.
  func digest(_ compute: Compute) throws -> String {
    let paths = paths
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

  private var paths: [String] {
    folders.flatMap { folder in
      let below =
        (try? FileManager.default.subpathsOfDirectory(
          atPath: root.appending(path: folder).path)) ?? []
      return below.filter {
        $0.hasSuffix(".png") && !$0.split(separator: "/").contains { $0.hasPrefix(".") }
      }
      .map { "\(folder)/\($0)" }
    }.sorted()
  }
}
