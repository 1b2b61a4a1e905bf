import Crypto
import Datasets
import Foundation

/// Where the images of runs lie: real data at the paths given, stand-ins in a cache that they
/// are rendered into when first needed.
package struct DataFolders: Sendable {
  /// Renders all splits of a data set below a folder.
  package typealias Renderer =
    @Sendable (
      _ name: DatasetName, _ render: RenderConfiguration, _ folder: URL,
      _ progress: (_ done: Int, _ total: Int) -> Void
    ) throws -> Void

  package var paths: [DatasetName: URL]
  package var cache: URL
  var render: Renderer

  package init(paths: [DatasetName: URL], cache: URL, render: @escaping Renderer) {
    self.paths = paths
    self.cache = cache
    self.render = render
  }

  /// The data set's root folder, rendered if need be.
  /// - Throws: `UserError` or `DataError`.
  package func root(
    _ data: DataConfiguration, progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws -> URL {
    guard data.source == .rendered, let render = data.render else {
      guard let path = paths[data.name] else {
        throw UserError(
          "\(data.name) needs the real data: give its folder with --\(data.name) PATH")
      }
      return path
    }
    let json = try CanonicalJSON.encode(render)
    let digest = SHA256.hash(data: json).prefix(6).map {
      String($0 >> 4, radix: 16) + String($0 & 15, radix: 16)
    }.joined()
    let folder = cache.appending(path: "\(data.name)-\(digest)")
    if FileManager.default.fileExists(atPath: folder.path) { return folder }

    // A half-rendered folder must never be taken for a whole one.
    let partial = cache.appending(path: ".\(data.name)-\(digest).partial-\(getpid())")
    try? FileManager.default.removeItem(at: partial)
    try AtomicFile.createFolder(partial)
    do {
      try self.render(data.name, render, partial, progress)
      try AtomicFile.write(json, to: partial.appending(path: "render.json"))
    } catch {
      try? FileManager.default.removeItem(at: partial)
      throw error
    }
    if rename(partial.path, folder.path) != 0 {
      let code = errno
      try? FileManager.default.removeItem(at: partial)
      // Another process was faster and has the same images.
      guard FileManager.default.fileExists(atPath: folder.path) else {
        throw UserError(path: folder.path, action: "write", errno: code)
      }
    }
    return folder
  }
}
