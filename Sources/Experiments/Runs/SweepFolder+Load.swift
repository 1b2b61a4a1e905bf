import Files
import Foundation

extension SweepFolder {
  /// Whether a sweep was ever started or packed here.
  package var holdsRuns: Bool {
    FileManager.default.fileExists(atPath: runs.path) || pack.exists
  }

  /// Loads all finished runs, sorted by folder name. A run's own folder takes precedence over the
  /// pack, even if the run in it is not finished. Copies are left out with a warning.
  /// - Throws: `UserError` naming the first file that is missing or damaged.
  package func loadAll() throws -> [RunRecord] {
    let stored = try loadStored()
    if let damaged = stored.damaged.first { throw damaged.error }
    for copy in stored.misnamed { warn("\(copy.error)") }
    return stored.records
  }

  /// Loads the finished runs that can be read, and warns of those that cannot.
  package func loadReadable() throws -> StoredRuns {
    let stored = try loadStored()
    for left in stored.misnamed + stored.damaged { warn("left out: \(left.error)") }
    return stored
  }

  /// Loads the finished runs, each with what is wrong with it.
  /// - Throws: `UserError` only if nothing can be said of single runs.
  package func loadStored() throws -> StoredRuns {
    var stored = StoredRuns()
    let folders = try runFolders()
    let named = try folders.filter { try Self.hasOwnName($0) }
    for folder in folders.filter({ !named.contains($0) }) where RunFolder.isFinished(folder) {
      stored.misnamed.append(misnamed(folder))
    }
    for folder in named where RunFolder.isFinished(folder) {
      stored.add(folder, Self.loaded(folder))
    }
    let own = Set(named.filter { RunFolder.isBegun($0) }.map(\.lastPathComponent))
    for (manifest, result) in try pack.results(where: { !own.contains($0) }) {
      stored.add(runs.appending(path: manifest.run), result)
    }
    stored.records.sort { $0.name < $1.name }
    return stored
  }

  /// A run whose files cannot be read is tried once more: a network's disk fails for a moment, and what
  /// is damaged stays so.
  private static func loaded(_ folder: URL) -> Result<RunRecord, any Error> {
    let first = Result { try RunFolder.load(folder) }
    if case .success = first { return first }
    return Result { try RunFolder.load(folder) }
  }

  /// Whether a folder's name ends in the digest of the configuration in it. A configuration that
  /// cannot be read does not tell.
  private static func hasOwnName(_ folder: URL) throws -> Bool {
    guard let configuration = RunFolder.configuration(in: folder) else { return true }
    return try configuration.fits(folder.lastPathComponent)
  }

  private func misnamed(_ folder: URL) -> StoredRuns.LeftOut {
    let name = RunFolder.configuration(in: folder).flatMap { try? $0.runName }
    let isCopy = name.map { RunFolder.holdsRun(runs.appending(path: $0)) } ?? false
    let problem =
      isCopy
      ? "is a copy of the run \(name ?? ""), which counts once; remove the copy"
      : "the configuration in it does not match the digest in the folder's name: it was renamed, then "
        + "name it \(name ?? "") again, or its configuration was edited, then train it again"
    return .init(folder: folder, error: UserError(path: folder.path, problem: problem))
  }

  /// A run that is not finished.
  package struct Unfinished: Hashable, Sendable {
    package var folder: URL
    package var configuration: RunConfiguration
    /// Why it failed; nil where it was interrupted or is still running.
    package var failure: String?
  }

  /// Loads the runs that were started but are not finished, sorted by folder name. Copies are left
  /// out, and so, with a warning, is a run whose configuration cannot be read.
  package func loadUnfinished() throws -> [Unfinished] {
    try runFolders().filter { RunFolder.isBegun($0) && !RunFolder.isFinished($0) }.compactMap {
      url in
      guard let configuration = RunFolder.configuration(in: url) else {
        warn(
          "left out: \(url.path): its \(RunFolder.Name.configuration) is damaged; run the sweep again"
        )
        return nil
      }
      guard try Self.hasOwnName(url) else { return nil }
      let reason = try? BoundedFile.read(
        url.appending(path: RunFolder.Name.failure), atMost: 1 << 20)
      return Unfinished(
        folder: url, configuration: configuration,
        failure: reason.map { UserError(String(decoding: $0, as: UTF8.self)).description })
    }
  }

  /// Lists the folders of runs in any state, sorted by name.
  func runFolders() throws(UserError) -> [URL] {
    if !FileManager.default.fileExists(atPath: runs.path), pack.exists { return [] }
    guard let entries = try FolderEntry.list(runs.path) else {
      throw UserError(
        path: runs.path, problem: "cannot be listed; give the output folder of a sweep")
    }
    return entries.map(\.name).filter { !$0.hasPrefix(".") }.map { runs.appending(path: $0) }
  }
}

/// The finished runs of a folder, and those that are not counted.
package struct StoredRuns: Sendable {
  package struct LeftOut: Sendable {
    package var folder: URL
    package var error: UserError
    /// Nil where it cannot be read.
    package var configuration: RunConfiguration?
  }

  /// Sorted by name.
  package var records: [RunRecord] = []
  /// Copies, and runs whose configuration is not the one in their folder's name.
  package var misnamed: [LeftOut] = []
  /// Runs of which a file is missing or damaged.
  package var damaged: [LeftOut] = []

  package init() {}

  /// The damaged runs whose configuration is known, each with a reason without a path.
  package var damagedRuns: [(RunConfiguration, reason: String)] {
    damaged.compactMap { left in
      left.configuration.map {
        ($0, "a stored file of it is damaged or missing; run the sweep again")
      }
    }
  }

  fileprivate mutating func add(_ folder: URL, _ run: Result<RunRecord, any Error>) {
    switch run {
    case .success(let record) where records.contains { $0.name == record.name }:
      misnamed.append(
        LeftOut(
          folder: folder,
          error: UserError(
            path: folder.path,
            problem: "is stored twice in the packed runs; it counts once, remove the "
              + "second line of runs.jsonl")))
    case .success(let record): records.append(record)
    case .failure(let error):
      damaged.append(
        LeftOut(
          folder: folder, error: error as? UserError ?? UserError(oneLine(error)),
          configuration: RunFolder.configuration(in: folder)))
    }
  }
}
