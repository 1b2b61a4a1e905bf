import Files
import Foundation

extension SweepFolder {
  /// Whether a sweep was ever started or packed here.
  package var holdsRuns: Bool {
    FileManager.default.fileExists(atPath: runs.path) || pack.exists
  }

  /// - Throws: `UserError` if none ever was.
  package func requireRuns() throws(UserError) {
    guard !holdsRuns else { return }
    throw UserError(
      path: url.relativePath, problem: "holds no runs; give the output folder of a sweep")
  }

  /// Loads all finished runs, sorted by folder name. A run's own folder takes precedence over the
  /// pack, even if the run in it is not finished. Copies are left out with a warning.
  /// - Throws: `UserError` naming the first file that is missing or damaged.
  package func loadAll() throws -> [RunRecord] {
    let stored = try loadStored()
    if let error = stored.damaged.first?.error ?? stored.lost.first { throw error }
    for copy in stored.misnamed { warn("\(copy.error)") }
    return stored.records
  }

  /// Loads the finished runs that can be read, and warns of those that cannot.
  package func loadReadable() throws -> StoredRuns {
    let stored = try loadStored()
    for error in stored.errors { warn("left out: \(error)") }
    return stored
  }

  /// Loads the finished runs, each with what is wrong with it.
  /// - Throws: `UserError` only if nothing can be said of single runs.
  package func loadStored() throws -> StoredRuns {
    var stored = StoredRuns()
    let (named, others) = try foldersByName()
    for folder in others where RunFolder.isFinished(folder) {
      stored.misnamed.append(misnamed(folder))
    }
    for folder in named where RunFolder.isFinished(folder) {
      stored.add(folder, Self.loaded(folder))
    }
    let own = Set(named.filter { RunFolder.isBegun($0) }.map(\.lastPathComponent))
    let packed = try pack.results(besides: own)
    for (manifest, result) in packed.runs {
      stored.add(runs.appending(path: manifest.run), result)
    }
    stored.lost = packed.lost
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

  /// The folders that have the names of their runs, and those that do not: copies, and what was renamed
  /// or edited. A configuration that cannot be read does not tell.
  ///
  /// Of two folders with names for one run, the finished one counts, or else the one that this version
  /// writes; the other is a copy.
  private func foldersByName() throws -> (named: [URL], others: [URL]) {
    let folders = try runFolders().map { ($0, RunFolder.configuration(in: $0)) }
    func rank(_ folder: URL, _ configuration: RunConfiguration?) -> Int {
      let isCurrent = (try? configuration?.runName) == folder.lastPathComponent
      return (RunFolder.isFinished(folder) ? 0 : 2) + (isCurrent ? 0 : 1)
    }
    let ranked = folders.map { ($0, $1, rank: rank($0, $1)) }
    var (named, others, taken): ([URL], [URL], Set<RunConfiguration>) = ([], [], [])
    for (folder, configuration, _) in ranked.sorted(by: { $0.rank < $1.rank }) {
      guard let configuration else {
        named.append(folder)
        continue
      }
      let counts =
        try configuration.fits(folder.lastPathComponent) && taken.insert(configuration).inserted
      if counts { named.append(folder) } else { others.append(folder) }
    }
    return (named.sorted { $0.path < $1.path }, others.sorted { $0.path < $1.path })
  }

  private func misnamed(_ folder: URL) -> StoredRuns.LeftOut {
    let name = RunFolder.configuration(in: folder).flatMap { try? $0.runName } ?? ""
    if RunFolder.holdsRun(runs.appending(path: name)) { return .init(copy: folder, of: name) }
    let problem =
      "the configuration in it does not match the folder's name: it was renamed, then name it \(name) "
      + "again, or its configuration was edited, then train it again"
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
    try foldersByName().named.filter {
      RunFolder.isBegun($0) && !RunFolder.isFinished($0)
    }.compactMap { url in
      guard let configuration = RunFolder.configuration(in: url) else {
        warn(
          "left out: \(url.path): its \(RunFolder.Name.configuration) is damaged; run the sweep again"
        )
        return nil
      }
      return Unfinished(
        folder: url, configuration: configuration, failure: RunFolder.failure(in: url))
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
