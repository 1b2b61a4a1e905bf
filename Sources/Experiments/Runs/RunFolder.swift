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
    if FileManager.default.fileExists(atPath: stored.path) {
      let there = try? readJSON(RunConfiguration.self, stored)
      guard there == configuration else {
        throw UserError(
          path: stored.path,
          problem: "does not match the configuration in the folder's name; remove the folder")
      }
    } else {
      try save(configuration, as: Name.configuration)
    }
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

  package func saveWeights(_ weights: [NamedArray]) throws {
    try SafeTensors.write(weights, metadata: ["run": digest], to: file(Name.weights))
  }

  /// Loads the weights of the run in a folder of any name.
  /// - Throws: `UserError` if the weights are missing or damaged.
  package static func loadWeights(_ url: URL) throws -> [NamedArray] {
    let stored = url.appending(path: Name.weights)
    guard FileManager.default.fileExists(atPath: stored.path) else {
      throw UserError(
        path: stored.path,
        problem: "is missing; weights are not part of the repository, so train the run again")
    }
    return try SafeTensors.read(stored).arrays
  }

  package func saveCheckpoint(_ checkpoint: Checkpoint) throws {
    try checkpoint.write(to: file(Name.checkpoint), digest: digest)
    writeEvents { try RunEvents(configuration, checkpoint) }
  }

  /// What is only there to be looked at must not stop a run: problems cause a warning.
  private func writeEvents(_ events: () throws -> RunEvents) {
    guard writesEvents else { return }
    do { try events().write(to: url) } catch {
      warn("no events for TensorBoard: \(oneLine(error))")
    }
  }

  /// Loads the checkpoint to resume from. Returns nil if there is none, or, after a warning, if it
  /// cannot be read; the run then starts over.
  package func loadCheckpoint() throws -> Checkpoint? {
    let stored = file(Name.checkpoint)
    guard FileManager.default.fileExists(atPath: stored.path) else { return nil }
    do { return try Checkpoint(contentsOf: stored, digest: digest) } catch {
      warn("\(oneLine(error)); this run starts over")
      return nil
    }
  }

  package func removeCheckpoint() { unlink(file(Name.checkpoint).path) }

  /// Stores the results of the run, with `run.json` last, which completes the run. The weights must
  /// already be saved.
  package func finish(_ record: RunRecord) throws {
    let manifest = try RunManifest(record, split: sweep.splits.save(record.split))
    if record.environment.code == CodeManifest.built.digest {
      _ = try sweep.codes.save(.built)
    }
    var zip = ZipWriter()
    try zip.add(RunArrays(record), of: file(Name.arrays))
    try AtomicFile.write(zip.finished(), to: file(Name.arrays))
    writeEvents { try RunEvents(record) }
    try save(manifest, as: Name.run)
    unlink(file(Name.configuration).path)
    LooseRun.remove(url)
    removeCheckpoint()
  }

  /// Stores the reason for a failure in the run's folder; nil removes it.
  func save(failure: String?) throws {
    let file = file(Name.failure)
    if let failure { try AtomicFile.write(failure + "\n", to: file) } else { unlink(file.path) }
  }

  private func save(_ value: some Encodable, as name: String) throws {
    try AtomicFile.write(try CanonicalJSON.encode(value, pretty: true) + [0x0a], to: file(name))
  }
}
