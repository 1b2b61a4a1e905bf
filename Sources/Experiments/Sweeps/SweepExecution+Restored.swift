import Files
import Tensors

/// What a sweep writes again of the files that runs share. The files of the runs themselves are whole, so
/// that nothing has to be trained again.
extension SweepExecution {
  /// Writes the lists of images again that runs of this sweep need and that are damaged or missing.
  /// - Returns: whether there were any.
  /// - Throws: `UserError` if the current data is not what such a run was trained on.
  func restoreSplits(of damaged: [StoredRuns.LeftOut]) throws -> Bool {
    let splits = SweepFolder(output).splits
    let own = try Dictionary(runs.map { (try $0.runName, $0) }) { first, _ in first }
    var lost: [String: RunConfiguration] = [:]
    for left in damaged {
      guard let run = own[left.folder.lastPathComponent],
        let manifest = try? RunFolder.manifest(left.folder), !splits.isWhole(manifest.split)
      else { continue }
      lost[manifest.split] = run
    }
    for (digest, run) in lost.sorted(by: { $0.key < $1.key }) {
      let path = splits.file(digest).path
      let current = try currentSplit(of: run)
      let same = try [current, current.withoutContent].first { try $0.digest == digest }
      guard let same else {
        throw UserError(
          path: path,
          problem: "is damaged or missing, and the current data is not what the runs that need it "
            + "were trained on; give that data, name another --output, or remove their folders to "
            + "train them again")
      }
      _ = try splits.save(same)
      warn("\(path) was damaged or missing; it is written again from the same data")
    }
    return !lost.isEmpty
  }

  private func currentSplit(of run: RunConfiguration) throws -> SplitRecord {
    guard let dataset = try open(for: [run])[run.data.name] else {
      throw UserError("\(run.data.name) was not opened")
    }
    return try RunData(
      run.data, dataset: dataset, needsValidation: run.training.validateEvery != nil,
      compute: Compute(threads: threads)
    ).split
  }

  /// Writes the lists of source files again that are damaged, if this program or git knows them, and that
  /// of this program if it is missing.
  func restoreCode(of records: [RunRecord]) throws {
    let codes = SweepFolder(output).codes
    var known: Set<String> = []
    for environment in records.map(\.environment) {
      guard let code = environment.code, known.insert(code).inserted, !codes.isWhole(code) else {
        continue
      }
      let isDamaged = codes.contains(code)
      var manifest: CodeManifest? = CodeManifest.built
      if isDamaged, manifest?.digest != code {
        manifest = CodeManifest.of(commit: environment.commit)
      }
      guard let manifest, manifest.digest == code else { continue }
      _ = try codes.save(manifest)
      if isDamaged { warn("\(codes.file(code).path) was damaged; it is written again") }
    }
  }
}
