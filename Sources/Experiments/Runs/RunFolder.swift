import Checkpoints
import Files
import Foundation

/// The folder of one run and the files in it. During training, these are `config.json` and a
/// checkpoint. `run.json` is written last: a run with it is finished, and one without it is
/// unfinished or failed.
package struct RunFolder: Sendable {
  package let url: URL
  package let configuration: RunConfiguration
  package let digest: String

  package let sweep: SweepFolder
  /// Whether the run is written as events for TensorBoard too; see `RunEvents`.
  package var writesEvents = false
  /// The claim under which the run is trained; nil where nobody else can be at work.
  package var claim: Claim?

  package init(_ sweep: SweepFolder, configuration: RunConfiguration) throws {
    self.sweep = sweep
    self.configuration = configuration
    digest = try configuration.digest
    url = sweep.runs.appending(path: try configuration.runName)
  }

  enum Name {
    /// Files of an unfinished run.
    static let configuration = "config.json"
    static let checkpoint = "checkpoint.safetensors"
    static let failure = "failed.txt"
    /// Files of a finished run; `run.json` is written last.
    static let arrays = "arrays.npz"
    static let weights = "weights.safetensors"
    static let run = "run.json"
    /// Files for TensorBoard, which are made from the others.
    static let events = "tensorboard"
  }

  package func file(_ name: String) -> URL { url.appending(path: name) }

  /// Whether the run is complete, including its final weights. Runs that are part of the repository
  /// have no weights: they can be reported, but a sweep trains them again unless it keeps them (see
  /// `KeptRuns`).
  package var isDone: Bool {
    FileManager.default.fileExists(atPath: file(Name.weights).path) && Self.holdsRun(url)
  }

  /// Creates the folder of a run that is not done and writes `config.json`, or checks that an
  /// existing one is the same. Invalidates stored results of an earlier training.
  package func prepare() throws {
    if isDone { return }
    try AtomicFile.createFolder(url)
    AtomicFile.removeLeftovers(in: url)
    let stored = file(Name.configuration)
    let isThere = FileManager.default.fileExists(atPath: stored.path)
    let there = isThere ? try? readJSON(RunConfiguration.self, stored) : nil
    if let there, there != configuration {
      throw UserError(
        path: stored.path,
        problem: "does not match the configuration in the folder's name; remove the folder")
    }
    if isThere, there == nil { warn("\(stored.path) is damaged; it is written again") }
    if there == nil { try save(configuration, as: Name.configuration) }
    for done in [Name.run, LooseRun.Name.done] { unlink(file(done).path) }
    if !FileManager.default.fileExists(atPath: file(Name.checkpoint).path) {
      try? FileManager.default.removeItem(at: file(Name.events))
    }
  }

  /// The digest of the split that an unfinished run of an earlier version was started on.
  func looseSplitDigest() throws -> String? {
    let stored = file(LooseRun.Name.split)
    guard FileManager.default.fileExists(atPath: stored.path) else { return nil }
    return try readJSON(SplitRecord.self, stored).digest
  }

  /// - Returns: the seal of the weights, for the run's record.
  @discardableResult
  package func saveWeights(_ weights: [NamedArray]) throws -> String {
    let seal = contentSeal(of: weights, [digest])
    try AtomicFile.createFolder(url)
    try SafeTensors.write(
      weights, metadata: ["run": digest, sealKey: seal], to: file(Name.weights))
    return seal
  }

  static func hasWeights(_ url: URL) -> Bool {
    FileManager.default.fileExists(atPath: url.appending(path: Name.weights).path)
  }

  /// Loads the weights of the run in a folder of any name.
  /// - Throws: `UserError` if the weights are missing, damaged or those of another run.
  package static func loadWeights(_ url: URL) throws -> [NamedArray] {
    let stored = url.appending(path: Name.weights)
    guard FileManager.default.fileExists(atPath: stored.path) else {
      throw UserError(
        path: stored.path,
        problem: "is missing; weights are not part of the repository, so train the run again")
    }
    let (weights, metadata) = try SafeTensors.read(stored)
    let run = metadata["run"]
    try checkSeal(contentSeal(of: weights, [run ?? ""]), is: metadata[sealKey], of: stored)
    let manifest = try manifest(url)
    let expected = try manifest?.configuration.digest
    guard run == nil || run == expected ?? run,
      manifest?.weights.map({ $0 == metadata[sealKey] }) ?? true
    else {
      throw UserError(
        path: stored.path,
        problem:
          "holds the weights of another training than the one stored here; put back its own, "
          + "or train the run again")
    }
    return weights
  }

  package func saveCheckpoint(_ checkpoint: Checkpoint) throws {
    try checkClaim()
    do { try makeAgain() } catch { throw rescued(checkpoint, after: error) }
    try checkpoint.write(to: file(Name.checkpoint), digest: digest)
    writeEvents { try RunEvents(configuration, checkpoint) }
  }

  /// - Throws: `ClaimLost` if another process is training the run by now, whose files must stay.
  private func checkClaim() throws(ClaimLost) {
    if let claim, !claim.isHeld { throw ClaimLost() }
  }

  /// What is only there to be looked at must not stop a run: problems cause a warning.
  func writeEvents(_ events: () throws -> RunEvents) {
    guard writesEvents else { return }
    do { try events().write(to: url) } catch {
      warn("no events for TensorBoard: \(oneLine(error))")
    }
  }

  /// Makes the folder of a run in training again if it was removed or renamed meanwhile.
  private func makeAgain() throws {
    if FileManager.default.fileExists(atPath: file(Name.configuration).path) { return }
    warn(
      "\(url.path) was removed or renamed while the run was trained; it is made again, and the run goes "
        + "on there")
    try AtomicFile.createFolder(url)
    try save(configuration, as: Name.configuration)
  }

  /// Saves a checkpoint whose folder is gone for good among temporary files.
  /// - Returns: what to tell the user.
  private func rescued(_ checkpoint: Checkpoint, after error: any Error) -> any Error {
    let place = FileManager.default.temporaryDirectory.appending(
      path: "\(url.lastPathComponent)-\(Name.checkpoint)")
    guard (try? checkpoint.write(to: place, digest: digest)) != nil else { return error }
    return UserError(
      "\(oneLine(error)); the checkpoint was saved as \(place.path) instead: start the run again, stop it, "
        + "and put the file into its folder as \(Name.checkpoint) to go on from there")
  }

  /// - Throws: `UserError` if there is a checkpoint that cannot be resumed from.
  func verifyCheckpoint() throws {
    let stored = file(Name.checkpoint)
    guard FileManager.default.fileExists(atPath: stored.path) else { return }
    _ = try Checkpoint(contentsOf: stored, digest: digest)
  }

  /// Loads the checkpoint to resume from. Returns nil if there is none, or, after a warning, if it
  /// cannot be read or is damaged; it is then set aside, and the run starts over.
  package func loadCheckpoint() throws -> Checkpoint? {
    let stored = file(Name.checkpoint)
    guard FileManager.default.fileExists(atPath: stored.path) else { return nil }
    do { return try Checkpoint(contentsOf: stored, digest: digest) } catch {
      let aside = file("\(Name.checkpoint).damaged")
      rename(stored.path, aside.path)
      warn(
        "\(oneLine(error)); it is set aside as \(aside.lastPathComponent), and this run starts over"
      )
      return nil
    }
  }

  /// Removes what a process that was killed left in the folder of a finished run.
  func removeLeftovers() {
    AtomicFile.removeLeftovers(in: url)
    guard Self.isFinished(url) else { return }
    removeCheckpoint()
    if FileManager.default.fileExists(atPath: file(Name.run).path) {
      unlink(file(Name.configuration).path)
    }
    unlink(file(Name.failure).path)
  }

  package func removeCheckpoint() { unlink(file(Name.checkpoint).path) }

  /// Stores the results of the run, with `run.json` last, which completes the run. The weights must
  /// already be saved.
  package func finish(_ record: RunRecord) throws {
    try checkClaim()
    try makeAgain()
    var manifest = try RunManifest(record, split: sweep.splits.save(record.split))
    if record.environment.code == CodeManifest.built.digest {
      _ = try sweep.codes.save(.built)
    }
    var zip = ZipWriter()
    let members = try RunArrays(record).members(of: file(Name.arrays))
    try manifest.close(over: members)
    try zip.add(members, of: file(Name.arrays))
    try AtomicFile.write(zip.finished(), to: file(Name.arrays))
    writeEvents { try RunEvents(record) }
    try save(manifest, as: Name.run)
    unlink(file(Name.configuration).path)
    LooseRun.remove(url)
    removeCheckpoint()
  }

  /// Stores the reason for a failure in the run's folder, without the folders of this machine; nil
  /// removes it.
  func save(failure: String?) throws {
    let file = file(Name.failure)
    guard let failure else {
      unlink(file.path)
      return
    }
    try AtomicFile.write(withoutFolders(failure) + "\n", to: file)
  }

  private func save(_ value: some Encodable, as name: String) throws {
    try AtomicFile.write(try CanonicalJSON.encode(value, pretty: true) + [0x0a], to: file(name))
  }
}
