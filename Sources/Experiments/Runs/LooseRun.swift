import Datasets
import Files
import Foundation

/// A finished run in the layout from before `run.json`: a file for each part, and a copy of the
/// split with every run. This layout is still read, and removed when the run is packed or trained
/// again, but it is no longer written.
enum LooseRun {
  enum Name {
    static let configuration = "config.json"
    static let environment = "environment.json"
    static let split = "split.json"
    static let classWeights = "class_weights.json"
    static let history = "history.jsonl"
    static let confusions = "confusions.npy"
    static let checkpoints = "checkpoints.json"
    static let predictions = "predictions"
    static let done = "done.json"
  }

  private struct Done: Codable { var evaluatedIteration: Int }

  /// - Throws: `UserError` naming the file that is missing, damaged or inconsistent with the
  ///   others.
  static func load(_ url: URL) throws -> RunRecord {
    func decode<Value: Decodable>(_ type: Value.Type, _ name: String) throws -> Value {
      try readJSON(type, url.appending(path: name))
    }
    func decodeIfThere<Value: Decodable>(_ type: Value.Type, _ name: String) throws -> Value? {
      let isThere = FileManager.default.fileExists(atPath: url.appending(path: name).path)
      return isThere ? try decode(type, name) : nil
    }
    func contents(_ name: String) throws -> (Data, of: URL) {
      let file = url.appending(path: name)
      return (try AtomicFile.read(file), file)
    }
    let done = try decode(Done.self, Name.done)
    let configuration = try decode(RunConfiguration.self, Name.configuration)
    let split = try decode(SplitRecord.self, Name.split)
    let (confusions, confusionsFile) = try contents(Name.confusions)
    let matrices = try decodeConfusions(confusions, of: confusionsFile)
    let (history, historyFile) = try contents(Name.history)
    let record = RunRecord(
      folder: url, configuration: configuration,
      environment: try decode(RunEnvironment.self, Name.environment), split: split,
      history: try decodeHistory(history, of: historyFile), confusions: matrices,
      evaluatedIteration: done.evaluatedIteration,
      checkpoints: try decodeIfThere(CheckpointScores.self, Name.checkpoints),
      predictions: predictions(url, images: split.evaluated.count),
      classWeights: try decodeIfThere([Double].self, Name.classWeights))
    try record.check(confusionsFile)
    return record
  }

  /// Reads predictions from 8-bit grayscale PNG files, named by zero-based index in the evaluated
  /// split. A file that cannot be read causes a warning and is left out.
  private static func predictions(_ url: URL, images: Int) -> [Int: LabelImage] {
    var predictions: [Int: LabelImage] = [:]
    for name in predictionNames(url) {
      guard let place = Int(name.dropLast(4)), 0..<images ~= place else { continue }
      do {
        let image = try PNG.readIndices(url.appending(path: "\(Name.predictions)/\(name)"))
        guard image.channels == 1, image.samples.allSatisfy({ $0 <= 255 }) else {
          throw UserError("is not 8-bit grayscale")
        }
        predictions[place] = LabelImage(
          height: image.height, width: image.width, ids: image.samples.map { UInt8($0) })
      } catch {
        warn("prediction \(place) of \(url.path) is left out: \(oneLine(error))")
      }
    }
    return predictions
  }

  private static func predictionNames(_ url: URL) -> [String] {
    let folder = url.appending(path: Name.predictions)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix(".png") }
  }

  /// - Throws: `UserError` if the folder has a prediction that is missing in the record.
  static func checkNothingIsLeftOut(_ record: RunRecord) throws(UserError) {
    guard predictionNames(record.folder).count <= record.predictions.count
    else {
      throw UserError(
        path: record.folder.path,
        problem: "has predictions that cannot be read; train the run again")
    }
  }

  /// Removes the files, starting with `done.json`.
  static func remove(_ url: URL) {
    for name in [
      Name.done, Name.environment, Name.split, Name.classWeights, Name.history, Name.confusions,
      Name.checkpoints,
    ] {
      unlink(url.appending(path: name).path)
    }
    try? FileManager.default.removeItem(at: url.appending(path: Name.predictions))
  }
}
