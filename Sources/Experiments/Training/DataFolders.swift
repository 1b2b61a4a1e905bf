import Datasets
import Files
import Foundation
import Scenes
import Tensors

/// Where the images of runs lie: real data at the paths given, stand-ins in a cache that they
/// are rendered into when first needed.
package struct DataFolders: Sendable {
  package var paths: [DatasetName: URL]
  package var cache: URL

  package init(paths: [DatasetName: URL], cache: URL) {
    self.paths = paths
    self.cache = cache
  }

  /// The data set, rendered if need be, which is then shown on the terminal.
  /// - Throws: `UserError`.
  package func open(_ data: DataConfiguration, threads: Int) throws -> any Dataset {
    let root = try root(data, compute: Compute(threads: threads)) {
      SweepExecution.showRendering(data.name, $0, $1)
    }
    return try openDataset(data.name, root: root, split: data.split)
  }

  /// The data set's root folder, rendered if need be.
  /// - Throws: `UserError`.
  package func root(
    _ data: DataConfiguration, compute: Compute, progress: StreetScenes.Progress? = nil
  ) throws -> URL {
    guard data.source == .rendered, let render = data.render else {
      guard let path = paths[data.name] else {
        throw UserError(
          "\(data.name) needs the real data: give its folder with --\(data.name) PATH")
      }
      return path
    }
    let name = "\(data.name)-\(try render.digest)"
    try AtomicFile.createFolder(cache)
    // Another process may be rendering the same images: it is waited for.
    let lock = try FolderLock(waitingFor: cache.appending(path: ".\(name).lock"))
    defer { withExtendedLifetime(lock) {} }
    let root = cache.appending(path: name)
    try render.draw(data.name, to: root, compute: compute, progress: progress)
    return root
  }
}

extension RenderConfiguration {
  /// Of what is drawn: twelve hexadecimal digits.
  fileprivate var digest: String {
    get throws {
      let text = try CanonicalJSON.encode(self) + Data("\(StreetScenes.version)".utf8)
      return String(sha256(text).prefix(12))
    }
  }

  /// Draws the stand-in for a data set, unless the folder holds just that already.
  /// SYNTHIA's split gives shares of each view, so there may be more images than asked for.
  /// - Throws: `UserError` if the folder cannot be written or holds something else.
  @discardableResult
  package func draw(
    _ name: DatasetName, to root: URL, compute: Compute, progress: StreetScenes.Progress? = nil
  ) throws -> RenderedRecord {
    let scene = SceneConfiguration(seed: seed, height: height, width: width)
    switch name {
    case .synthia:
      let frames = StreetScenes.framesPerView(train: train, validation: validation, test: test)
      return try StreetScenes.renderSynthia(
        to: root, framesPerView: frames, configuration: scene, compute: compute,
        progress: progress)
    case .cityscapes:
      return try StreetScenes.renderCityscapes(
        to: root, train: train, validation: validation, configuration: scene, compute: compute,
        progress: progress)
    case .camvid: throw UserError("camvid cannot be rendered; use the real data")
    }
  }
}
