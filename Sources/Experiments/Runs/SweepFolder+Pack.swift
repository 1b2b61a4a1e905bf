import Files
import Foundation

extension SweepFolder {
  /// Moves every finished run into the pack, from any layout. Weights and unfinished runs stay in
  /// their folders. Nothing is removed before the pack was read back.
  ///
  /// Runs that record a commit but not its code get the digest of the code at that commit, if the
  /// source tree's git history has it.
  ///
  /// - Parameter code: the current one.
  /// - Returns: the number of runs in the pack, and the number of runs moved into it.
  @discardableResult
  package func packRuns(code: CodeManifest = .built) throws -> (runs: Int, added: Int) {
    let claim = try claimAll()
    defer { claim.release() }
    removeLeftovers()
    let records = try recordingCode(loadAll())
    if records.isEmpty { return (0, 0) }
    // Copies were left out, and stay where they are.
    let names = Set(records.map(\.name))
    let stored = try runFolders().filter { names.contains($0.lastPathComponent) }
    let finished = stored.filter { RunFolder.isFinished($0) }
    for record in records { try LooseRun.checkNothingIsLeftOut(record) }
    let replaced = Set(finished.map(\.lastPathComponent))
    // A packed run that is being trained again is hidden by its folder, but is kept.
    let hidden = try pack.records { !names.contains($0) && !replaced.contains($0) }
    let packed = (records + hidden).sorted { $0.name < $1.name }
    try pack.write(packed)
    try pack.check(against: packed)
    try keepNewest(code, of: packed)
    // Of the others, a process that was killed here before has left files.
    for folder in stored { try RunFolder.removeStored(folder) }
    rmdir(runs.path)  // fails if anything is left
    return (records.count + hidden.count, finished.count)
  }

  private func recordingCode(_ records: [RunRecord]) throws -> [RunRecord] {
    var found: [String: String] = [:]
    for commit in Set(records.filter { $0.environment.code == nil }.map(\.environment.commit)) {
      guard let code = CodeManifest.of(commit: commit) else {
        let reason = RunEnvironment.reasonForUnknownCommit().map { " (\($0))" } ?? ""
        warn(
          "the code of commit \(commit.prefix(9)) is not known here\(reason), so runs produced by it "
            + "are not comparable; pack \(url.relativePath) in a full clone")
        continue
      }
      found[commit] = try codes.save(code)
    }
    return records.map { record in
      var record = record
      record.environment.code = record.environment.code ?? found[record.environment.commit]
      return record
    }
  }

  /// Of the versions of the code that give a run's bits, keeps the run's own and the newest, because later
  /// code is compared with the closest one, and removes those in between.
  private func keepNewest(_ newest: CodeManifest, of records: [RunRecord]) throws {
    let own = Set(records.compactMap(\.environment.code))
    let equal = Set(
      records.compactMap { record in
        record.environment.code.map { EquivalentCode.of($0, for: record.configuration) }
      })
    if equal.contains(where: { $0.contains(newest.digest) }) { _ = try codes.save(newest) }
    let kept = own.union(equal.compactMap { $0.last(where: codes.contains) })
    for code in Set(equal.joined()).subtracting(kept) { unlink(codes.file(code).path) }
  }
}
