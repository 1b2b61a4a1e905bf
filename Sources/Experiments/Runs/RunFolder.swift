import Checkpoints
import Datasets
import Files
import Foundation
import Metrics

extension RunConfiguration {
  /// SHA-256 of the canonical JSON, 64 hexadecimal digits.
  package var digest: String {
    get throws { sha256(try CanonicalJSON.encode(self)) }
  }

  /// The loss in letters, digits, `_`, `.` and `-` only, and at most 100 of them (the digest tells
  /// apart what is alike then): `focal(gamma: 1)` is `focal-gamma-1`, `recall + 0.5 * lovasz`
  /// `recall-plus-0.5-lovasz`.
  package var lossSlug: String {
    let safe = loss.replacing(" + ", with: " plus ").unicodeScalars.map { scalar -> Character in
      let kept = scalar.isASCII && (scalar.properties.isAlphabetic || "0"..."9" ~= scalar)
      return kept || scalar == "_" || scalar == "." ? Character(scalar) : "-"
    }
    return String(String(safe).split(separator: "-").joined(separator: "-").prefix(100))
  }
}

/// The folder of one run and the files in it. `done.json` is written last: a folder with it is
/// complete, one without it is half-done or failed.
package struct RunFolder: Sendable {
  package let url: URL
  package let configuration: RunConfiguration
  package let digest: String

  /// - Parameter runs: the folder that holds a sweep's runs.
  package init(runs: URL, configuration: RunConfiguration) throws {
    digest = try configuration.digest
    self.configuration = configuration
    let c = configuration
    let network = c.networkNames.joined(separator: "-")
    url = runs.appending(
      path: "\(c.data.name)-\(network)-\(c.lossSlug)-s\(c.seed)-\(digest.prefix(12))")
  }

  enum Name {
    static let configuration = "config.json"
    static let environment = "environment.json"
    static let split = "split.json"
    static let classWeights = "class_weights.json"
    static let history = "history.jsonl"
    static let confusions = "confusions.npy"
    static let weights = "weights.safetensors"
    static let checkpoint = "checkpoint.safetensors"
    static let checkpoints = "checkpoints.json"
    static let predictions = "predictions"
    static let failure = "failed.txt"
    static let done = "done.json"
  }

  struct Done: Codable { var evaluatedIteration: Int }

  package func file(_ name: String) -> URL { url.appending(path: name) }

  /// Complete, final weights included. Runs that came with the repository have none: reports are
  /// made of them, but a sweep trains them anew.
  package var isDone: Bool {
    [Name.done, Name.weights].allSatisfy {
      FileManager.default.fileExists(atPath: file($0).path)
    }
  }

  /// Makes the folder of a run that is not done and writes `config.json`, or checks that the one
  /// there is the same.
  package func prepare() throws {
    try AtomicFile.createFolder(url)
    if !isDone { unlink(file(Name.done).path) }
    AtomicFile.removeLeftovers(in: url)
    let stored = file(Name.configuration)
    if FileManager.default.fileExists(atPath: stored.path) {
      let there = try? CanonicalJSON.decode(
        RunConfiguration.self, from: try AtomicFile.read(stored), of: stored)
      guard there == configuration else {
        throw UserError(
          path: stored.path,
          problem: "is not the configuration this folder is named after; remove the folder")
      }
    } else {
      try save(configuration, as: Name.configuration)
    }
  }

  package func save(environment: RunEnvironment) throws {
    try save(environment, as: Name.environment)
  }

  package func save(split: SplitRecord) throws { try save(split, as: Name.split) }

  /// The stored split; nil where there is none yet.
  func loadSplit() throws -> SplitRecord? {
    let stored = file(Name.split)
    guard FileManager.default.fileExists(atPath: stored.path) else { return nil }
    return try CanonicalJSON.decode(
      SplitRecord.self, from: try AtomicFile.read(stored), of: stored)
  }

  /// The constant weight of each class in the loss, by training id.
  func save(classWeights: [Double]) throws { try save(classWeights, as: Name.classWeights) }

  package func saveHistory(_ history: [HistoryEntry]) throws {
    var lines = Data()
    for entry in history { lines += try CanonicalJSON.encode(entry) + [UInt8(ascii: "\n")] }
    try AtomicFile.write(lines, to: file(Name.history))
  }

  /// int32 [images, classes, classes], true class by row.
  package func saveConfusions(_ confusions: [ConfusionMatrix]) throws {
    let classes = confusions.first?.classes ?? 0
    var values: [Int32] = []
    for count in confusions.lazy.flatMap(\.counts) {
      guard let value = Int32(exactly: count) else {
        throw UserError(path: url.path, problem: "an image of \(count) pixels of a kind is too big")
      }
      values.append(value)
    }
    try NumPy.write(
      values, shape: [confusions.count, classes, classes], to: file(Name.confusions))
  }

  func save(checkpoints: CheckpointScores) throws { try save(checkpoints, as: Name.checkpoints) }

  /// 8-bit gray PNG files of training ids, named by place in the evaluated split from 0.
  package func savePredictions(_ predictions: [Int: [UInt8]], height: Int, width: Int) throws {
    let pictures = file(Name.predictions)
    try? FileManager.default.removeItem(at: pictures)
    guard !predictions.isEmpty else { return }
    try AtomicFile.createFolder(pictures)
    for (index, ids) in predictions {
      try PNG.writeGray(
        height: height, width: width, bytes: ids, to: pictures.appending(path: "\(index).png"))
    }
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

  /// Declares the run complete. Everything else must have been saved.
  package func markDone(evaluatedIteration: Int) throws {
    try save(Done(evaluatedIteration: evaluatedIteration), as: Name.done)
  }

  private func save(_ value: some Encodable, as name: String) throws {
    try AtomicFile.write(try CanonicalJSON.encode(value, pretty: true) + [0x0a], to: file(name))
  }
}
