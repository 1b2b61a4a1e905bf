import Checkpoints
import Datasets
import Files
import Foundation
import Metrics

/// The arrays of a finished run, stored in an `.npz` file that NumPy can read:
///
/// - `confusions`, int32 [images, classes, classes], with rows as true classes;
/// - `pictured`, int32 [k], and `predictions`, uint8 [k, height, width]: the indices of some images
///   in the evaluated split, and the training ids predicted for them; only if there are any;
/// - `corrected`, int32 [strengths, images, classes, classes]: how prior correction changes
///   `confusions`, as differences from one strength to the next (see `CorrectedConfusions`); the
///   strengths are in the run's `priorTaus`;
/// - `boundary` and `calibration`: see `encodeBoundaries` and `encodeCalibration`; only if counted;
/// - `history.jsonl`, one line of JSON per entry, which NumPy returns as bytes.
struct RunArrays {
  var history: [HistoryEntry]
  var confusions: [ConfusionMatrix]
  var predictions: [Int: LabelImage]
  /// Nil in runs from earlier versions.
  var corrected: CorrectedConfusions?
  var boundaries: [BoundaryCounts]?
  var calibration: Calibration?

  private enum Member {
    static let history = "history.jsonl"
    static let confusions = "confusions.npy"
    static let predictions = "predictions.npy"
    static let pictured = "pictured.npy"
    static let corrected = "corrected.npy"
    static let boundary = "boundary.npy"
    static let calibration = "calibration.npy"
  }

  init(_ record: RunRecord) {
    (history, confusions) = (record.history, record.confusions)
    (predictions, corrected) = (record.predictions, record.corrected)
    (boundaries, calibration) = (record.boundaries, record.calibration)
  }

  /// Encodes the members of the archive, by name.
  /// - Parameter url: the file to name in errors.
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
    if let corrected {
      members.append((Member.corrected, try corrected.encoded(plain: confusions, of: url)))
    }
    if let boundaries {
      members.append((Member.boundary, try encodeBoundaries(boundaries, of: url)))
    }
    if let calibration {
      members.append((Member.calibration, try encodeCalibration(calibration, of: url)))
    }
    return members + [(Member.history, try encodeHistory(history))]
  }

  /// Encodes the matrices in column-major order, so that the image index varies fastest, which
  /// makes the compressed file one seventh smaller.
  private func encodedConfusions(of url: URL) throws -> Data {
    let classes = confusions.first?.classes ?? 0
    let values: [Int32]
    do throws(UserError) { values = try int32Counts(confusions) } catch {
      throw UserError(path: url.path, problem: error.problem)
    }
    return try NumPy.encode(
      values, shape: [confusions.count, classes, classes], isColumnMajor: true, of: url)
  }

  /// - Parameters:
  ///   - prefix: the prefix of the names of the run's members.
  ///   - url: the archive to name in errors.
  ///   - manifest: what the run's manifest says of its arrays.
  /// - Throws: `UserError` if an array is missing, damaged, or not the one that was stored.
  init(_ archive: ZipArchive, prefix: String = "", _ manifest: RunManifest, of url: URL) throws {
    func contents(_ name: String) throws -> Data? {
      do throws(UserError) {
        let data = try archive.contents(of: prefix + name)
        guard let sealed = manifest.arrays, sealed[name] != data.map({ xxh64($0) }) else {
          return data
        }
        throw UserError("is damaged: \(prefix)\(name) is not what was stored; train the run again")
      } catch {
        throw UserError(path: url.path, problem: error.problem)
      }
    }
    func required(_ name: String) throws -> Data {
      guard let data = try contents(name) else {
        throw UserError(
          path: url.path, problem: "does not contain \(prefix)\(name); train the run again")
      }
      return data
    }
    confusions = try decodeConfusions(required(Member.confusions), of: url)
    history = try decodeHistory(required(Member.history), of: url)
    predictions = [:]
    let plain = confusions
    corrected = try manifest.priorTaus.map { taus in
      try CorrectedConfusions(
        taus: taus, decoding: required(Member.corrected), plain: plain, of: url)
    }
    boundaries = try contents(Member.boundary).map { try decodeBoundaries($0, of: url) }
    calibration = try contents(Member.calibration).map { try decodeCalibration($0, of: url) }
    guard let pictured = try contents(Member.pictured) else { return }
    let places = try NumPy.decode(pictured, as: Int32.self, of: url).values
    let (shape, ids) = try NumPy.decode(required(Member.predictions), as: UInt8.self, of: url)
    // Without predictions, the product of the other sides might overflow.
    guard shape.count == 3, shape[0] == places.count, !ids.isEmpty else {
      throw UserError(path: url.path, problem: "contains predictions of invalid shape \(shape)")
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

/// - Parameter url: the file to name in errors.
func decodeHistory(_ data: Data, of url: URL) throws -> [HistoryEntry] {
  try data.split(separator: UInt8(ascii: "\n")).map {
    try CanonicalJSON.decode(HistoryEntry.self, from: $0, of: url)
  }
}

/// - Parameter data: an `.npy` file, int32 [images, classes, classes].
func decodeConfusions(_ data: Data, of url: URL) throws -> [ConfusionMatrix] {
  let (shape, values) = try NumPy.decode(data, as: Int32.self, of: url)
  guard shape.count == 3, shape[1] == shape[2], values.allSatisfy({ $0 >= 0 }) else {
    throw UserError(
      path: url.path, problem: "contains no valid confusion matrices (shape \(shape))")
  }
  guard !values.isEmpty else { return [] }
  let size = shape[1] * shape[2]
  return stride(from: 0, to: values.count, by: size).map {
    ConfusionMatrix(classes: shape[1], counts: values[$0..<$0 + size].map(Int.init))
  }
}
