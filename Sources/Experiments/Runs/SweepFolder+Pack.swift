import Files
import Foundation

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
    rmdir(runs.path)  // fails where anything is left
    return (records.count + hidden.count, finished.count)
  }

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
    let now = CodeManifest.built.digest
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
