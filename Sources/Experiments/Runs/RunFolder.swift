import Checkpoints
import Files
import Foundation

/// The folder of one run and the files in it. While the run is trained these are `config.json` and
/// a checkpoint. `run.json` is written last: a folder with it is complete, one without it is
/// half-done or failed.
package struct RunFolder: Sendable {
  package let url: URL
  package let configuration: RunConfiguration
  package let digest: String

  package let sweep: SweepFolder

  package init(_ sweep: SweepFolder, configuration: RunConfiguration) throws {
    self.sweep = sweep
    self.configuration = configuration
    digest = try configuration.digest
    url = sweep.runs.appending(path: try configuration.runName)
  }

  enum Name {
    /// While the run is not finished.
    static let configuration = "config.json"
    static let checkpoint = "checkpoint.safetensors"
    static let failure = "failed.txt"
    /// Of the finished run, `run.json` last.
    static let arrays = "arrays.npz"
    static let weights = "weights.safetensors"
    static let run = "run.json"
  }

  package func file(_ name: String) -> URL { url.appending(path: name) }

  /// Complete, final weights included. Runs that came with the repository have none: reports are
  /// made of them, but a sweep trains them again.
  package var isDone: Bool {
    FileManager.default.fileExists(atPath: file(Name.weights).path) && Self.holdsRun(url)
  }

  /// Makes the folder of a run that is not done and writes `config.json`, or checks that the one
  /// there is the same. What is stored of an earlier training no longer counts then.
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
          problem: "is not the configuration this folder is named after; remove the folder")
      }
    } else {
      try save(configuration, as: Name.configuration)
    }
    for done in [Name.run, LooseRun.Name.done] { unlink(file(done).path) }
  }

  /// The digest of the split that an unfinished run of an earlier version was begun on.
  func looseSplitDigest() throws -> String? {
    let stored = file(LooseRun.Name.split)
    guard FileManager.default.fileExists(atPath: stored.path) else { return nil }
    return try readJSON(SplitRecord.self, stored).digest
  }

  package func saveWeights(_ weights: [NamedArray]) throws {
    try SafeTensors.write(weights, metadata: ["run": digest], to: file(Name.weights))
  }

  /// The weights of the run in a folder, whatever the folder is called.
  /// - Throws: `UserError` if the weights are missing or damaged.
  package static func loadWeights(_ url: URL) throws -> [NamedArray] {
    let stored = url.appending(path: Name.weights)
    guard FileManager.default.fileExists(atPath: stored.path) else {
      throw UserError(
        path: stored.path,
        problem: "is missing; weights are not part of the repository: train the run again")
    }
    return try SafeTensors.read(stored).arrays
  }

  package func saveCheckpoint(_ checkpoint: Checkpoint) throws {
    try checkpoint.write(to: file(Name.checkpoint), digest: digest)
  }

  /// The checkpoint to go on from; nil where there is none, or one that cannot be read: of that
  /// the user is warned, and the run starts over.
  package func loadCheckpoint() throws -> Checkpoint? {
    let stored = file(Name.checkpoint)
    guard FileManager.default.fileExists(atPath: stored.path) else { return nil }
    do { return try Checkpoint(contentsOf: stored, digest: digest) } catch {
      warn("\(oneLine(error)); this run starts over")
      return nil
    }
  }

  package func removeCheckpoint() { unlink(file(Name.checkpoint).path) }

  /// Stores the results of the run, `run.json` last: with it the run is complete. The weights must
  /// have been saved.
  package func finish(_ record: RunRecord) throws {
    let manifest = try RunManifest(record, split: sweep.splits.save(record.split))
    if record.environment.code == CodeManifest.built.digest {
      _ = try sweep.codes.save(.built)
    }
    var zip = ZipWriter()
    try zip.add(RunArrays(record), of: file(Name.arrays))
    try AtomicFile.write(zip.finished(), to: file(Name.arrays))
    try save(manifest, as: Name.run)
    unlink(file(Name.configuration).path)
    LooseRun.remove(url)
    removeCheckpoint()
  }

  /// Keeps the reason of a failure beside what the run has saved; nil: it has not failed.
  func save(failure: String?) throws {
    let file = file(Name.failure)
    if let failure { try AtomicFile.write(failure + "\n", to: file) } else { unlink(file.path) }
  }

  private func save(_ value: some Encodable, as name: String) throws {
    try AtomicFile.write(try CanonicalJSON.encode(value, pretty: true) + [0x0a], to: file(name))
  }
}
