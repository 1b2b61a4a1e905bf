import Datasets
import Files
import Foundation
import Scenes
import Tensors

/// The locations of runs' images: real data is read from the given paths, and stand-ins are
/// rendered into a cache when first needed.
package struct DataFolders: Sendable {
  package var paths: [DatasetName: URL]
  /// Descriptions of user-described data sets.
  package var described: [DatasetName: FolderDescription]
  package var cache: URL
  /// Says where data sets are that are in neither list; see `DatasetName.variable`.
  package var environment: [String: String]

  package init(
    paths: [DatasetName: URL], described: [DatasetName: FolderDescription] = [:], cache: URL,
    environment: [String: String] = [:]
  ) {
    (self.paths, self.described, self.cache) = (paths, described, cache)
    self.environment = environment
  }

  /// Whether the location of the data set's files, other than rendered ones, is known.
  package func has(_ name: DatasetName) -> Bool {
    paths[name] != nil || described[name] != nil || name.place(in: environment) != nil
  }

  /// Opens the data set, rendering it if necessary.
  /// - Throws: `UserError` if the data cannot be found, rendered or read.
  package func open(
    _ data: DataConfiguration, compute: Compute, progress: StreetScenes.Progress? = nil
  ) throws -> any Dataset {
    if let rules = data.folders { return try described(data.name, rules).open() }
    let root = try root(data, compute: compute, progress: progress)
    return try data.descriptor.open(root, split: data.split)
  }

  /// - Throws: `UserError` if there is no description, or if it has different rules.
  private func described(
    _ name: DatasetName, _ rules: FolderRules
  ) throws(UserError) -> FolderDescription {
    var description = described[name]
    if description == nil, let place = name.place(in: environment) {
      description = try FolderDescription(contentsOf: place.url, name: name)
    }
    guard let description else {
      throw UserError(
        "\(name) is a user-described data set: give its description with --data \(name)=FILE.yml "
          + "or \(name.variable)")
    }
    guard description.rules == rules else {
      throw UserError(
        path: description.file,
        problem:
          "describes \(name) with different classes, labels, split, or normalization from the "
          + "run's config.json; give the description that the run was trained with")
    }
    return description
  }

  /// Returns the data set's root folder, rendering the data set if necessary.
  /// - Throws: `UserError` if the data cannot be found or rendered.
  package func root(
    _ data: DataConfiguration, compute: Compute, progress: StreetScenes.Progress? = nil
  ) throws -> URL {
    guard data.source == .rendered, let render = data.render else {
      guard let path = paths[data.name] ?? data.name.place(in: environment)?.url else {
        throw UserError(
          "\(data.name) needs the real data: give its folder with --\(data.name) PATH or "
            + data.name.variable)
      }
      return path
    }
    let name = try render.folderName(data.name)
    try AtomicFile.createFolder(cache)
    let claim = try ClaimFolder(in: cache).claim(waitingFor: name) {
      Terminal.writeLine("waiting for \($0.ownerText), which renders \(data.name)")
    }
    defer { claim?.release() }
    let root = cache.appending(path: name)
    try render.draw(data.name, to: root, compute: compute, progress: progress)
    return root
  }
}

extension DataFolders {
  /// Whether the stand-in that the configuration names has been rendered into the cache.
  func hasRendered(_ data: DataConfiguration) -> Bool {
    guard let name = try? data.render?.folderName(data.name) else { return false }
    return RenderedRecord.read(cache.appending(path: name)) != nil
  }
}

extension RenderConfiguration {
  /// The folder of the rendered content in the cache.
  fileprivate func folderName(_ name: DatasetName) throws -> String { "\(name)-\(try digest)" }

  /// The digest of the rendered content, twelve hexadecimal digits.
  fileprivate var digest: String {
    get throws {
      let text = try CanonicalJSON.encode(self) + Data("\(StreetScenes.version)".utf8)
      return String(sha256(text).prefix(12))
    }
  }

  /// Renders the stand-in for a data set, unless the folder already contains it.
  /// - Throws: `UserError` if the folder cannot be written or contains something else, or if the
  ///   data set cannot be rendered.
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
