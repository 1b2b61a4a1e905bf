import Checkpoints
import Files
import Foundation

extension RunFolder {
  /// Reads a finished run from any layout.
  /// - Throws: `UserError` naming the file that is missing, damaged or inconsistent with the
  ///   others.
  package static func load(_ url: URL) throws -> RunRecord {
    let record = try loadUnchecked(url)
    try record.check(url.appending(path: Name.arrays))
    return record
  }

  private static func loadUnchecked(_ url: URL) throws -> RunRecord {
    let sweep = SweepFolder(ofRun: url)
    if !has(Name.run, url) {
      if has(LooseRun.Name.done, url) { return try LooseRun.load(url) }
      let name = url.absoluteURL.standardizedFileURL.lastPathComponent
      if !isBegun(url), let packed = try sweep.pack.records(where: { $0 == name }).first {
        return packed
      }
    }
    let stored = url.appending(path: Name.run)
    let manifest = try readJSON(RunManifest.self, stored)
    try manifest.check(stored)
    let file = url.appending(path: Name.arrays)
    return manifest.record(
      url, split: try sweep.splits.load(manifest.split),
      arrays: try RunArrays(openArchive(file), manifest, of: file))
  }

  /// The configuration of the run in a folder; nil if it cannot be read.
  static func configuration(in url: URL) -> RunConfiguration? {
    if let manifest = try? readJSON(RunManifest.self, url.appending(path: Name.run)) {
      return manifest.configuration
    }
    return try? readJSON(RunConfiguration.self, url.appending(path: Name.configuration))
  }

  /// What is stored of a finished run, wherever that is; nil for a run of an earlier version, or none.
  static func manifest(_ url: URL) throws -> RunManifest? {
    let own = url.appending(path: Name.run)
    if has(Name.run, url) { return try readJSON(RunManifest.self, own) }
    if isBegun(url) { return nil }
    return try SweepFolder(ofRun: url).pack.manifest(
      of: url.absoluteURL.standardizedFileURL.lastPathComponent)
  }

  /// Whether the run's own folder, not only a pack, contains the finished run.
  static func isFinished(_ url: URL) -> Bool {
    has(Name.run, url) || has(LooseRun.Name.done, url)
  }

  /// Why the run in a folder last failed, in one line; nil if it did not.
  static func failure(in url: URL) -> String? {
    let stored = try? BoundedFile.read(url.appending(path: Name.failure), atMost: 1 << 20)
    return stored.map { UserError(String(decoding: $0, as: UTF8.self)).description }
  }

  /// Whether the folder, or the pack next to it, contains a finished run.
  package static func holdsRun(_ url: URL) -> Bool {
    isFinished(url)
      || !isBegun(url)
        && SweepFolder(ofRun: url).pack.contains(
          url.absoluteURL.standardizedFileURL.lastPathComponent)
  }

  /// Whether a run was started in the folder; it may be finished.
  static func isBegun(_ url: URL) -> Bool { has(Name.configuration, url) || isFinished(url) }

  private static func has(_ name: String, _ folder: URL) -> Bool {
    FileManager.default.fileExists(atPath: folder.appending(path: name).path)
  }

  /// Removes the files of a run that a pack contains; keeps the weights. `run.json` goes before what
  /// it describes, and after `config.json`, which without it would mean an unfinished run.
  /// - Throws: `UserError` if one of these two stays.
  static func removeStored(_ url: URL) throws(UserError) {
    for file in [Name.configuration, Name.run].map({ url.appending(path: $0) })
    where !AtomicFile.remove(file) {
      throw UserError(path: file.path, action: "remove", errno: errno)
    }
    LooseRun.remove(url)
    unlink(url.appending(path: Name.arrays).path)
    rmdir(url.path)  // fails if the weights are there
  }
}

extension RunRecord {
  /// - Throws: `UserError` naming the file if its number of images differs from the split's, or if the
  ///   history is not that of the whole training.
  func check(_ file: URL) throws(UserError) {
    let last = history.last?.iteration ?? 0
    guard last == configuration.training.iterations,
      zip(history, history.dropFirst()).allSatisfy({ $0.iteration < $1.iteration })
    else {
      throw UserError(
        path: file.path,
        problem: "is damaged: its history ends at iteration \(last) of "
          + "\(configuration.training.iterations); remove the run's folder and train it again")
    }
    guard !confusions.isEmpty, confusions.count == split.evaluated.count else {
      throw UserError(
        path: file.path,
        problem: "contains \(confusions.count) images, but the split has \(split.evaluated.count); "
          + "remove the run's folder and train it again")
    }
    try checkValues(file)
  }
}
