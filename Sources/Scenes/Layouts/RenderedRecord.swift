import Datasets
import Files
import Foundation
import Synchronization
import Tensors

/// The marker file of a rendered data set, `rendered.json`, written after everything else: a folder
/// without it is unfinished. The same text under the name `rendering.json` marks a folder in which
/// rendering has begun, so that an unfinished one is recognized as our own.
package struct RenderedRecord: Codable, Hashable, Sendable {
  /// The data set whose layout the files follow.
  package let layout: DatasetName
  package let version: Int
  package let configuration: SceneConfiguration
  /// What was requested: `frames` per view, or images in `train` and `val`.
  package let counts: [String: Int]
  /// Pixels by label id of the data set, over all pictures.
  package private(set) var pixels: [String: Int] = [:]
  /// The digest of all files, see `RenderedFiles`; nil in folders of earlier versions.
  package private(set) var content: String?

  init(layout: DatasetName, configuration: SceneConfiguration, counts: [String: Int]) {
    self.layout = layout
    version = StreetScenes.version
    self.configuration = configuration
    self.counts = counts
  }

  package static let fileName = "rendered.json"
  static let unfinishedName = "rendering.json"

  /// The record of a finished rendering in a folder, or nil.
  package static func read(_ root: URL) -> RenderedRecord? {
    guard let data = try? Data(contentsOf: root.appending(path: fileName)) else { return nil }
    return try? JSONDecoder().decode(RenderedRecord.self, from: data)
  }

  /// Measured and published class shares.
  package var shares: ClassShares { ClassShares(self, StandIn.of(layout)) }

  /// Runs `draw` for this record unless the folder already contains its result, unchanged.
  /// - Parameter folders: the folders that a rendering creates; they are removed before a new one,
  ///   unless they hold a file that was not rendered.
  func render(
    _ root: URL, folders: [String], compute: Compute, _ draw: () throws -> [Int]
  ) throws -> RenderedRecord {
    let files = FileManager.default
    // What a process that was killed has left.
    AtomicFile.removeOrphans(in: root)
    let rendered = RenderedFiles(root: root, folders: folders)
    if let found = Self.read(root), found.isSameRequest(as: self),
      try found.isKept(rendered, compute)
    {
      AtomicFile.remove(root.appending(path: Self.unfinishedName))
      return found
    }
    try validate(root)
    let inside = (try? files.contentsOfDirectory(atPath: root.path)) ?? []
    let ours = inside.contains(Self.fileName) || inside.contains(Self.unfinishedName)
    guard inside.isEmpty || ours else {
      throw UserError(
        path: root.path, problem: "holds files that were not rendered; name an empty folder")
    }
    try checkRemovable(folders.filter(inside.contains), in: root)
    try StreetScenes.makeFolder(root)
    try write(root.appending(path: Self.unfinishedName))
    do {
      for name in [Self.fileName] + folders where inside.contains(name) {
        try files.removeItem(at: root.appending(path: name))
      }
    } catch {
      throw UserError(path: root.path, problem: "cannot remove the previous rendering")
    }
    let counts = try draw()
    var record = self
    for (id, count) in counts.enumerated() where count > 0 { record.pixels[String(id)] = count }
    record.content = try rendered.digest(compute)
    try record.write(root.appending(path: Self.fileName))
    try? files.removeItem(at: root.appending(path: Self.unfinishedName))
    return record
  }

  /// Whether the files are still those that were rendered, as far as the record says.
  private func isKept(_ files: RenderedFiles, _ compute: Compute) throws -> Bool {
    guard let content, try files.digest(compute) != content else { return true }
    warn("\(files.root.path): holds other files than were rendered; they are rendered again")
    return false
  }

  /// - Throws: `UserError` naming a file that somebody has added.
  private func checkRemovable(_ folders: [String], in root: URL) throws(UserError) {
    for folder in folders {
      let url = root.appending(path: folder)
      let paths = (try? FileManager.default.subpathsOfDirectory(atPath: url.path)) ?? []
      for path in paths.sorted() where !isRendered(path) {
        let file = url.appending(path: path)
        let type = try? FileManager.default.attributesOfItem(atPath: file.path)[.type]
        if type as? FileAttributeType == .typeDirectory { continue }
        throw UserError(
          path: file.path,
          problem: "was not rendered; a new rendering would remove it: move it, or name another "
            + "folder")
      }
    }
  }

  /// Whether a rendering gives a file this name.
  private func isRendered(_ path: String) -> Bool {
    let name = path.split(separator: "/").last ?? ""
    // A killed process leaves half a file under such a name.
    if name.hasPrefix(".dat.nosync") || AtomicFile.isLeftover(String(name)) { return true }
    switch layout {
    case .cityscapes:
      return name.wholeMatch(
        of: /rendered_\d{6}_000019_(leftImg8bit|gtFine_labelIds)\.png/) != nil
    default: return name.wholeMatch(of: /\d{6}\.png/) != nil
    }
  }

  private func isSameRequest(as other: RenderedRecord) -> Bool {
    layout == other.layout && version == other.version && configuration == other.configuration
      && counts == other.counts
  }

  private func validate(_ root: URL) throws {
    let sides = 16...4096
    guard sides.contains(configuration.height), sides.contains(configuration.width) else {
      throw UserError(
        path: root.path,
        problem: "cannot render \(configuration.height) x \(configuration.width) pixels; "
          + "sides must be 16 to 4096")
    }
    guard configuration.framesPerScene > 0, counts.values.allSatisfy({ (0...99_999).contains($0) })
    else {
      throw UserError(path: root.path, problem: "cannot render so few or so many pictures")
    }
  }

  private func write(_ url: URL) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    do {
      try AtomicFile.write(encoder.encode(self), to: url)
    } catch let error as UserError {
      throw error
    } catch {
      throw UserError(path: url.path, problem: "cannot be written: \(error.localizedDescription)")
    }
  }
}

extension StreetScenes {
  static func makeFolder(_ url: URL) throws {
    do {
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    } catch {
      throw UserError(path: url.path, problem: "folder cannot be created")
    }
  }

  /// Draws `count` pictures or frames on all threads and sums their pixel counts by label id. After
  /// an error no new one is started; of several errors, the one with the lowest index is thrown.
  static func renderAll(
    _ count: Int, compute: Compute, progress: Progress?, _ draw: (Int) throws -> [Int]
  ) throws -> [Int] {
    struct State {
      var done = 0
      var counts = [Int](repeating: 0, count: 256)
      var failure: (index: Int, error: any Error)?
    }
    let state = Mutex(State())
    compute.parallelFor(count) { index in
      guard state.withLock({ $0.failure == nil }) else { return }
      do {
        let counts = try draw(index)
        let done = state.withLock { state in
          for id in counts.indices { state.counts[id] += counts[id] }
          state.done += 1
          return state.done
        }
        progress?(done, count)
      } catch {
        state.withLock { state in
          if state.failure.map({ index < $0.index }) ?? true { state.failure = (index, error) }
        }
      }
    }
    return try state.withLock { state in
      if let failure = state.failure { throw failure.error }
      return state.counts
    }
  }
}
