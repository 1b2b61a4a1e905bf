import Checkpoints
import Files
import Foundation

/// Finished runs of a sweep in two files, as they are kept in a repository: `runs.jsonl` with a
/// line of JSON for each run, and `runs.npz` with the arrays of all, their names after that of the
/// run and a slash.
struct RunPack: Sendable {
  /// The sweep's output folder.
  let folder: URL

  private var index: URL { folder.appending(path: "runs.jsonl") }
  private var arrays: URL { folder.appending(path: "runs.npz") }

  var exists: Bool { FileManager.default.fileExists(atPath: index.path) }

  func contains(_ run: String) -> Bool {
    guard let manifests = try? manifests() else { return false }
    return manifests.contains { $0.run == run }
  }

  private func manifests() throws -> [RunManifest] {
    guard exists else { return [] }
    return try AtomicFile.read(index).split(separator: UInt8(ascii: "\n")).map {
      try CanonicalJSON.decode(RunManifest.self, from: $0, of: index)
    }
  }

  /// The runs with these names, in the order of the file.
  /// - Throws: `UserError` naming the file that is missing or damaged.
  func records(where isWanted: (String) -> Bool) throws -> [RunRecord] {
    let manifests = try manifests().filter { isWanted($0.run) }
    if manifests.isEmpty { return [] }
    let archive = try openArchive(arrays)
    let sweep = SweepFolder(folder)
    var splits: [String: SplitRecord] = [:]
    return try manifests.map { manifest in
      let split = try splits[manifest.split] ?? sweep.splits.load(manifest.split)
      splits[manifest.split] = split
      let record = manifest.record(
        sweep.runs.appending(path: manifest.run), split: split,
        arrays: try RunArrays(archive, prefix: manifest.run + "/", of: arrays))
      try record.check(arrays)
      return record
    }
  }

  /// Replaces the pack. The index is written last: what it does not name is not there.
  func write(_ records: [RunRecord]) throws {
    var (zip, lines) = (ZipWriter(), Data())
    let splits = SweepFolder(folder).splits
    for record in records {
      let manifest = try RunManifest(record, split: splits.save(record.split))
      lines += try CanonicalJSON.encode(manifest) + [UInt8(ascii: "\n")]
      try zip.add(RunArrays(record), prefix: manifest.run + "/", of: arrays)
    }
    try AtomicFile.write(zip.finished(), to: arrays)
    try AtomicFile.write(lines, to: index)
  }
}

extension SweepFolder {
  /// Moves every finished run into the pack, from whatever layout. Weights, and runs that are not
  /// finished, stay in their folders.
  ///
  /// Runs that record a commit but not its code get the digest of the code at that commit, where the
  /// source tree's git has it.
  ///
  /// - Returns: how many runs the pack then has, and how many of them were not in it before.
  @discardableResult
  package func packRuns() throws -> (runs: Int, added: Int) {
    let lock = try FolderLock(url)
    defer { withExtendedLifetime(lock) {} }
    let records = try recordingCode(loadAll())
    if records.isEmpty { return (0, 0) }
    let finished = try runFolders().filter { RunFolder.isFinished($0) }
    for record in records { try LooseRun.checkNothingIsLeftOut(record) }
    let replaced = Set(finished.map(\.lastPathComponent))
    // A packed run that is being trained again is hidden by its folder, but not given up.
    let names = Set(records.map(\.name))
    let hidden = try pack.records { !names.contains($0) && !replaced.contains($0) }
    try pack.write((records + hidden).sorted { $0.name < $1.name })
    for folder in finished { RunFolder.removeStored(folder) }
    return (records.count + hidden.count, finished.count)
  }
}

extension SweepFolder {
  private func recordingCode(_ records: [RunRecord]) throws -> [RunRecord] {
    var found: [String: String] = [:]
    for commit in Set(records.filter { $0.environment.code == nil }.map(\.environment.commit)) {
      guard let code = CodeManifest.of(commit: commit) else {
        warn(
          "the code of commit \(commit.prefix(9)) is not known here, so that runs made by it are "
            + "not comparable; pack \(url.relativePath) in a full clone")
        continue
      }
      found[commit] = try codes.save(code)
    }
    let now = try CodeManifest.built.digest
    return try records.map { record in
      var record = record
      record.environment.code = record.environment.code ?? found[record.environment.commit]
      // What makes the same bits is kept too: later code is compared with the nearest.
      if let code = record.environment.code, EquivalentCode.of(code).contains(now) {
        _ = try codes.save(.built)
      }
      return record
    }
  }
}

extension ZipWriter {
  /// - Parameter url: the file that the error names.
  mutating func add(_ arrays: RunArrays, prefix: String = "", of url: URL) throws {
    for member in try arrays.members(of: url) {
      do throws(UserError) { try add(prefix + member.name, member.contents) } catch {
        throw UserError(path: url.path, problem: error.problem)
      }
    }
  }
}

/// - Throws: `UserError` naming the file if it is missing or no zip archive.
func openArchive(_ url: URL) throws(UserError) -> ZipArchive {
  let data = try AtomicFile.read(url)
  do throws(UserError) { return try ZipArchive(data) } catch {
    throw UserError(path: url.path, problem: "is damaged: \(error.problem)")
  }
}
