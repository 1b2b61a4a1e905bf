import Files
import Foundation

extension SweepFolder {
  /// Whether a sweep was ever started or packed here.
  package var holdsRuns: Bool {
    FileManager.default.fileExists(atPath: runs.path) || pack.exists
  }

  /// Loads all finished runs, sorted by folder name. A run's own folder takes precedence over the
  /// pack, even if the run in it is not finished.
  package func loadAll() throws -> [RunRecord] {
    let folders = try runFolders()
    let own = Set(folders.filter { RunFolder.isBegun($0) }.map(\.lastPathComponent))
    let unpacked = try folders.filter { RunFolder.isFinished($0) }.map(RunFolder.load)
    let packed = try pack.records { !own.contains($0) }
    return (unpacked + packed).sorted { $0.name < $1.name }
  }

  /// A run that is not finished.
  package struct Unfinished: Hashable, Sendable {
    package var folder: URL
    package var configuration: RunConfiguration
    /// Why it failed; nil where it was interrupted or is still running.
    package var failure: String?
  }

  /// Loads the runs that were started but are not finished, sorted by folder name.
  package func loadUnfinished() throws -> [Unfinished] {
    try runFolders().filter { RunFolder.isBegun($0) && !RunFolder.isFinished($0) }.map { url in
      let reason = try? AtomicFile.read(url.appending(path: RunFolder.Name.failure))
      return Unfinished(
        folder: url,
        configuration: try readJSON(
          RunConfiguration.self, url.appending(path: RunFolder.Name.configuration)),
        failure: reason.map { UserError(String(decoding: $0, as: UTF8.self)).description })
    }
  }

  /// Lists the folders of runs in any state, sorted by name.
  func runFolders() throws(UserError) -> [URL] {
    if !FileManager.default.fileExists(atPath: runs.path), pack.exists { return [] }
    let names: [String]
    do { names = try FileManager.default.contentsOfDirectory(atPath: runs.path) } catch {
      throw UserError(
        path: runs.path, problem: "cannot be listed; give the output folder of a sweep")
    }
    return names.filter { !$0.hasPrefix(".") }.sorted().map { runs.appending(path: $0) }
  }
}
