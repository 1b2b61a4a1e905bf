import Checkpoints
import Datasets
import Files
import Foundation
import Metrics

/// What a finished run keeps in an `.npz` file, which NumPy reads:
///
/// - `confusions`, int32 [images, classes, classes], the true class by row;
/// - `pictured`, int32 [k], and `predictions`, uint8 [k, height, width]: the training ids predicted
///   for some images, and the places of these in the evaluated split; only where there are any;
/// - `history.jsonl`, a line of JSON for each entry, which NumPy returns as bytes.
struct RunArrays {
  var history: [HistoryEntry]
  var confusions: [ConfusionMatrix]
  var predictions: [Int: LabelImage]

  private enum Member {
    static let history = "history.jsonl"
    static let confusions = "confusions.npy"
    static let predictions = "predictions.npy"
    static let pictured = "pictured.npy"
  }

  init(_ record: RunRecord) {
    (history, confusions) = (record.history, record.confusions)
    predictions = record.predictions
  }

  /// The members of the archive, by name.
  /// - Parameter url: the file that the error names.
  func members(of url: URL) throws -> [(name: String, contents: Data)] {
    var members = [(Member.confusions, try encodedConfusions(of: url))]
    if let first = predictions.values.first {
      let places = predictions.keys.sorted()
      let ids = places.flatMap { predictions[$0]?.ids ?? [] }
      members += [
        (
          Member.pictured,
          try NumPy.encode(places.map { Int32($0) }, shape: [places.count], of: url)
        ),
        (
          Member.predictions,
          try NumPy.encode(ids, shape: [places.count, first.height, first.width], of: url)
        ),
      ]
    }
    return members + [(Member.history, try encodeHistory(history))]
  }

  /// Stored so that one pair of classes after the other varies over the images, which compresses
  /// better by a seventh.
  private func encodedConfusions(of url: URL) throws -> Data {
    let classes = confusions.first?.classes ?? 0
    var values: [Int32] = []
    values.reserveCapacity(confusions.count * classes * classes)
    for count in confusions.lazy.flatMap(\.counts) {
      guard let value = Int32(exactly: count) else {
        throw UserError(path: url.path, problem: "an image of \(count) pixels of a kind is too big")
      }
      values.append(value)
    }
    return try NumPy.encode(
      values, shape: [confusions.count, classes, classes], isColumnMajor: true, of: url)
  }

  /// - Parameters:
  ///   - prefix: what the names of the run's members begin with.
  ///   - url: the archive, for errors.
  init(_ archive: ZipArchive, prefix: String = "", of url: URL) throws {
    func contents(_ name: String) throws -> Data? {
      do throws(UserError) { return try archive.contents(of: prefix + name) } catch {
        throw UserError(path: url.path, problem: error.problem)
      }
    }
    func required(_ name: String) throws -> Data {
      guard let data = try contents(name) else {
        throw UserError(path: url.path, problem: "lacks \(prefix)\(name); train the run again")
      }
      return data
    }
    confusions = try decodeConfusions(required(Member.confusions), of: url)
    history = try decodeHistory(required(Member.history), of: url)
    predictions = [:]
    guard let pictured = try contents(Member.pictured) else { return }
    let places = try NumPy.decode(pictured, as: Int32.self, of: url).values
    let (shape, ids) = try NumPy.decode(required(Member.predictions), as: UInt8.self, of: url)
    guard shape.count == 3, shape[0] == places.count else {
      throw UserError(path: url.path, problem: "holds no predictions (shape \(shape))")
    }
    let area = shape[1] * shape[2]
    for (index, place) in places.enumerated() {
      predictions[Int(place)] = LabelImage(
        height: shape[1], width: shape[2], ids: Array(ids[index * area..<(index + 1) * area]))
    }
  }
}

func encodeHistory(_ history: [HistoryEntry]) throws -> Data {
  var lines = Data()
  for entry in history { lines += try CanonicalJSON.encode(entry) + [UInt8(ascii: "\n")] }
  return lines
}

/// - Parameter url: the file that the error names.
func decodeHistory(_ data: Data, of url: URL) throws -> [HistoryEntry] {
  try data.split(separator: UInt8(ascii: "\n")).map {
    try CanonicalJSON.decode(HistoryEntry.self, from: $0, of: url)
  }
}

/// - Parameter data: a `.npy` file, int32 [images, classes, classes].
func decodeConfusions(_ data: Data, of url: URL) throws -> [ConfusionMatrix] {
  let (shape, values) = try NumPy.decode(data, as: Int32.self, of: url)
  guard shape.count == 3, shape[1] == shape[2], values.allSatisfy({ $0 >= 0 }) else {
    throw UserError(path: url.path, problem: "holds no confusion matrices (shape \(shape))")
  }
  guard !values.isEmpty else { return [] }
  let size = shape[1] * shape[2]
  return stride(from: 0, to: values.count, by: size).map {
    ConfusionMatrix(classes: shape[1], counts: values[$0..<$0 + size].map(Int.init))
  }
}
