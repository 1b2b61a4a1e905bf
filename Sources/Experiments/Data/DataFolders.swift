import Datasets
import Files
import Foundation
import Scenes
import Tensors

/// Where the images of runs lie: real data at the paths given, stand-ins in a cache that they
/// are rendered into when first needed.
package struct DataFolders: Sendable {
  package var paths: [DatasetName: URL]
  /// Of data sets that their users describe.
  package var described: [DatasetName: FolderDescription]
  package var cache: URL

  package init(
    paths: [DatasetName: URL], described: [DatasetName: FolderDescription] = [:], cache: URL
  ) {
    (self.paths, self.described, self.cache) = (paths, described, cache)
  }

  /// Whether it is known where files of the data set lie that were not rendered.
  package func has(_ name: DatasetName) -> Bool { paths[name] != nil || described[name] != nil }

  /// The data set, rendered if need be.
  /// - Throws: `UserError`.
  package func open(
    _ data: DataConfiguration, compute: Compute, progress: StreetScenes.Progress? = nil
  ) throws -> any Dataset {
    if let rules = data.folders { return try described(data.name, rules).open() }
    let root = try root(data, compute: compute, progress: progress)
    return try openDataset(data.name, root: root, split: data.split)
  }

  /// - Throws: `UserError` if there is no description, or one of another data set.
  private func described(
    _ name: DatasetName, _ rules: FolderRules
  ) throws(UserError) -> FolderDescription {
    guard let description = described[name] else {
      throw UserError(
        "\(name) is described by its user: give the description with --data \(name)=FILE.yml")
    }
    guard description.rules == rules else {
      throw UserError(
        path: description.file,
        problem:
          "describes \(name) with other classes, labels, split or normalization than the run's "
          + "config.json; give the description that it was made with")
    }
    return description
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
  /// - Throws: `UserError` if the folder cannot be written or holds something else, or if the data
  ///   set cannot be rendered.
  @discardableResult
  package func draw(
    _ name: DatasetName, to root: URL, compute: Compute, progress: StreetScenes.Progress? = nil
  ) throws -> RenderedRecord {
    guard let standIn = StandIn.of(name) else {
      throw UserError("\(name) cannot be rendered; use the real data")
    }
    return try standIn.draw(
      (train, validation, test), to: root,
      SceneConfiguration(seed: seed, height: height, width: width), compute: compute,
      progress: progress)
  }
}
