import Files
import Foundation
import Metrics

extension RunFolder {
  /// Reads a finished run.
  /// - Throws: `UserError` naming the file that is missing, damaged or at odds with the others.
  package static func load(_ url: URL) throws -> RunRecord {
    func decode<Value: Decodable>(_ type: Value.Type, _ name: String) throws -> Value {
      let file = url.appending(path: name)
      return try CanonicalJSON.decode(type, from: try AtomicFile.read(file), of: file)
    }
    let done = try decode(Done.self, Name.done)
    let split = try decode(SplitRecord.self, Name.split)
    let confusions = try loadConfusions(url.appending(path: Name.confusions))
    guard !confusions.isEmpty, confusions.count == split.evaluated.count else {
      throw UserError(
        path: url.appending(path: Name.confusions).path,
        problem: "holds \(confusions.count) images, the split \(split.evaluated.count); "
          + "remove the run's folder and train it again")
    }
    return RunRecord(
      folder: url, configuration: try decode(RunConfiguration.self, Name.configuration),
      environment: try decode(RunEnvironment.self, Name.environment), split: split,
      history: try loadHistory(url.appending(path: Name.history)), confusions: confusions,
      evaluatedIteration: done.evaluatedIteration,
      checkpoints: has(Name.checkpoints, url)
        ? try decode(CheckpointScores.self, Name.checkpoints) : nil,
      predictions: predictions(url).filter { split.evaluated.indices.contains($0.key) })
  }

  private static func predictions(_ url: URL) -> [Int: URL] {
    let folder = url.appending(path: Name.predictions)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    var files: [Int: URL] = [:]
    for name in names where name.hasSuffix(".png") {
      if let index = Int(name.dropLast(4)) { files[index] = folder.appending(path: name) }
    }
    return files
  }

  /// All finished runs of a sweep, by folder name.
  package static func loadAll(runs: URL) throws -> [RunRecord] {
    try folders(runs).filter { has(Name.done, $0) }.map(load)
  }

  /// A run that is not finished.
  package struct Unfinished: Hashable, Sendable {
    package var folder: URL
    package var configuration: RunConfiguration
    /// Why it failed; nil where it was interrupted or is still running.
    package var failure: String?
  }

  /// The runs of a sweep that were begun and are not finished, by folder name.
  package static func loadUnfinished(runs: URL) throws -> [Unfinished] {
    try folders(runs).filter { has(Name.configuration, $0) && !has(Name.done, $0) }.map { url in
      let file = url.appending(path: Name.configuration)
      let reason = try? AtomicFile.read(url.appending(path: Name.failure))
      return Unfinished(
        folder: url,
        configuration: try CanonicalJSON.decode(
          RunConfiguration.self, from: try AtomicFile.read(file), of: file),
        failure: reason.map { UserError(String(decoding: $0, as: UTF8.self)).description })
    }
  }

  /// Keeps the reason of a failure beside what the run has saved; nil: it has not failed.
  func save(failure: String?) throws {
    let file = file(Name.failure)
    if let failure { try AtomicFile.write(failure + "\n", to: file) } else { unlink(file.path) }
  }

  private static func has(_ name: String, _ folder: URL) -> Bool {
    FileManager.default.fileExists(atPath: folder.appending(path: name).path)
  }

  private static func folders(_ runs: URL) throws(UserError) -> [URL] {
    let names: [String]
    do { names = try FileManager.default.contentsOfDirectory(atPath: runs.path) } catch {
      throw UserError(
        path: runs.path, problem: "cannot be listed; name the output folder of a sweep")
    }
    return names.filter { !$0.hasPrefix(".") }.sorted().map { runs.appending(path: $0) }
  }

  private static func loadHistory(_ url: URL) throws -> [HistoryEntry] {
    try AtomicFile.read(url).split(separator: UInt8(ascii: "\n")).map {
      try CanonicalJSON.decode(HistoryEntry.self, from: $0, of: url)
    }
  }

  private static func loadConfusions(_ url: URL) throws -> [ConfusionMatrix] {
    let (shape, values) = try NumPy.read(url, as: Int32.self)
    guard shape.count == 3, shape[1] == shape[2], values.allSatisfy({ $0 >= 0 }) else {
      throw UserError(path: url.path, problem: "holds no confusion matrices (shape \(shape))")
    }
    guard !values.isEmpty else { return [] }
    let size = shape[1] * shape[2]
    return stride(from: 0, to: values.count, by: size).map {
      ConfusionMatrix(classes: shape[1], counts: values[$0..<$0 + size].map(Int.init))
    }
  }
}
