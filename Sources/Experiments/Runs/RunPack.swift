import Checkpoints
import Files
import Foundation

/// Finished runs of a sweep in two files, as stored in a repository: `runs.jsonl` with one line of
/// JSON per run, and `runs.npz` with the arrays of all runs, whose names are prefixed with the
/// run's name and a slash.
struct RunPack: Sendable {
  let sweep: SweepFolder

  private var index: URL { sweep.url.appending(path: "runs.jsonl") }
  private var arrays: URL { sweep.url.appending(path: "runs.npz") }

  var exists: Bool { FileManager.default.fileExists(atPath: index.path) }

  func contains(_ run: String) -> Bool {
    guard let manifests = try? manifests() else { return false }
    return manifests.contains { $0.run == run }
  }

  func manifests() throws -> [RunManifest] {
    guard exists else { return [] }
    let lines = try BoundedFile.read(index, atMost: BoundedFile.mostRecordBytes)
    return try lines.split(separator: UInt8(ascii: "\n")).map {
      let manifest = try CanonicalJSON.decode(RunManifest.self, from: $0, of: index)
      try manifest.checkName(index)
      return manifest
    }
  }

  /// Reads the runs with these names, in file order.
  /// - Throws: `UserError` naming the file that is missing or damaged.
  func records(where isWanted: (String) -> Bool) throws -> [RunRecord] {
    try results(where: isWanted).map { try $0.result.get() }
  }

  /// The same with the error of each run that cannot be read.
  /// - Throws: `UserError` if the index is damaged.
  func results(where isWanted: (String) -> Bool) throws -> [Stored] {
    try stored(besides: nil, where: isWanted).runs
  }

  /// All runs but those in `known`, which are stored elsewhere, too, as after packing that was killed;
  /// and what is wrong with the pack as a whole: runs with arrays but without a line in the index,
  /// which was cut or edited. Both files are read once.
  /// - Throws: `UserError` if the index is damaged.
  func results(besides known: Set<String>) throws -> (runs: [Stored], lost: [UserError]) {
    try stored(besides: known) { !known.contains($0) }
  }

  typealias Stored = (manifest: RunManifest, result: Result<RunRecord, any Error>)

  /// - Parameter known: nil: what has no line is not looked for.
  private func stored(
    besides known: Set<String>?, where isWanted: (String) -> Bool
  ) throws -> (runs: [Stored], lost: [UserError]) {
    let all = try manifests()
    let manifests = all.filter { isWanted($0.run) }
    let isThere = known != nil && FileManager.default.fileExists(atPath: arrays.path)
    if manifests.isEmpty, !isThere { return ([], []) }
    let archive = Result { () throws(UserError) in try openArchive(arrays) }
    let lost = known.map { known in
      withoutLines(archive, besides: known.union(all.map(\.run)))
    }
    return (records(of: manifests, archive), lost ?? [])
  }

  private func records(
    of manifests: [RunManifest], _ archive: Result<ZipArchive, UserError>
  ) -> [Stored] {
    let archive = archive.mapError { $0.adding("; restore it, or run the sweep again") }
    var splits: [String: SplitRecord] = [:]
    return manifests.map { manifest in
      (
        manifest,
        Result {
          let archive = try archive.get()
          try manifest.check(index)
          let split = try splits[manifest.split] ?? sweep.splits.load(manifest.split)
          splits[manifest.split] = split
          let record = manifest.record(
            sweep.runs.appending(path: manifest.run), split: split,
            arrays: try RunArrays(archive, prefix: manifest.run + "/", manifest, of: arrays))
          try record.check(arrays)
          return record
        }
      )
    }
  }

  /// - Parameter named: the runs that have a line, or are stored elsewhere.
  private func withoutLines(
    _ archive: Result<ZipArchive, UserError>, besides named: Set<String>
  ) -> [UserError] {
    guard let archive = try? archive.get() else { return [] }
    let runs = Set(archive.names.compactMap { $0.split(separator: "/").first.map(String.init) })
    return runs.subtracting(named).sorted().map { run in
      UserError(
        path: index.path,
        problem:
          "has no line for the run \(run), whose arrays are in \(arrays.lastPathComponent): it "
          + "was cut or edited; restore it, or run the sweep again")
    }
  }

  /// What the pack says of a run; nil if it has none of that name.
  func manifest(of run: String) throws -> RunManifest? {
    try manifests().first { $0.run == run }
  }

  /// Replaces the pack. The index is written last, since runs not listed in it do not exist.
  /// - Throws: `UserError`, before anything is written, if two records are of one run.
  func write(_ records: [RunRecord]) throws {
    var (zip, lines) = (ZipWriter(), Data())
    var (names, splits): (Set<String>, [SplitRecord: String]) = ([], [:])
    for record in records {
      let split = try splits[record.split] ?? sweep.splits.save(record.split)
      splits[record.split] = split
      var manifest = try RunManifest(record, split: split)
      guard names.insert(manifest.run).inserted else {
        throw UserError(
          path: record.folder.path,
          problem: "is a copy of the run \(manifest.run); remove one of them")
      }
      let members = try RunArrays(record).members(of: arrays)
      try manifest.close(over: members)
      lines += try CanonicalJSON.encode(manifest) + [UInt8(ascii: "\n")]
      try zip.add(members, prefix: manifest.run + "/", of: arrays)
    }
    try AtomicFile.write(zip.finished(), to: arrays)
    try AtomicFile.write(lines, to: index)
  }

  /// Reads the pack back.
  /// - Throws: `UserError` if it does not hold these runs.
  func check(against records: [RunRecord]) throws {
    let stored = try self.records { _ in true }
    // Seals tell whether the arrays are what was written.
    guard stored.map(\.configuration) == records.map(\.configuration) else {
      throw UserError(
        path: arrays.path,
        problem:
          "does not read back as it was written, so the runs' folders were kept; check the disk, "
          + "and pack them again")
    }
  }
}

extension SweepFolder {
  var pack: RunPack { RunPack(sweep: self) }
}

extension ZipWriter {
  /// - Parameter url: the file to name in errors.
  mutating func add(
    _ members: [(name: String, contents: Data)], prefix: String = "", of url: URL
  ) throws(UserError) {
    for member in members {
      do throws(UserError) { try add(prefix + member.name, member.contents) } catch {
        throw UserError(path: url.path, problem: error.problem)
      }
    }
  }
}

/// - Throws: `UserError` naming the file if it is missing or not a zip archive.
func openArchive(_ url: URL) throws(UserError) -> ZipArchive {
  let data = try AtomicFile.read(url)
  do throws(UserError) { return try ZipArchive(data) } catch {
    throw UserError(path: url.path, problem: "is damaged: \(error.problem)")
  }
}
