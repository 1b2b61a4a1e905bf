import Files
import Foundation
import Metrics

/// Encodes int32 [images, classes, 3]: pixels on both boundaries, on that of the labels, and on that of
/// the prediction.
func encodeBoundaries(_ images: [BoundaryCounts], of url: URL) throws -> Data {
  let classes = images.first?.classes ?? 0
  let values = images.flatMap { image in
    (0..<classes).flatMap { c in
      [image.shared[c], image.truth[c], image.predicted[c]].map { Int32(clamping: $0) }
    }
  }
  return try NumPy.encode(
    values, shape: [images.count, classes, 3], isColumnMajor: true, of: url)
}

/// Decodes what `encodeBoundaries` returns.
/// - Parameter url: the file to name in errors.
func decodeBoundaries(_ data: Data, of url: URL) throws -> [BoundaryCounts] {
  let (shape, values) = try NumPy.decode(data, as: Int32.self, of: url)
  // Without values, there might be any number of images.
  guard shape.count == 3, shape[2] == 3, !values.isEmpty, values.allSatisfy({ $0 >= 0 }) else {
    throw UserError(path: url.path, problem: "contains no valid boundary counts (shape \(shape))")
  }
  return (0..<shape[0]).map { image in
    func counts(_ column: Int) -> [Int] {
      (0..<shape[1]).map { c in Int(values[(image * shape[1] + c) * 3 + column]) }
    }
    return BoundaryCounts(shared: counts(0), truth: counts(1), predicted: counts(2))
  }
}

/// Encodes float64 [1 + classes, bins, 3]: pixels, the sum of their probabilities, and those for which
/// the event occurred; of the predicted class first, then of each class.
func encodeCalibration(_ calibration: Calibration, of url: URL) throws -> Data {
  let all = [calibration.confidence] + calibration.classes
  let values = all.flatMap { counts in
    (0..<Reliability.bins).flatMap { bin in
      [Double(counts.pixels[bin]), counts.probability[bin], Double(counts.occurred[bin])]
    }
  }
  return try NumPy.encode(values, shape: [all.count, Reliability.bins, 3], of: url)
}

/// Decodes what `encodeCalibration` returns.
/// - Parameter url: the file to name in errors.
func decodeCalibration(_ data: Data, of url: URL) throws -> Calibration {
  let (shape, values) = try NumPy.decode(data, as: Double.self, of: url)
  guard shape.count == 3, shape[0] > 1, shape[1] == Reliability.bins, shape[2] == 3,
    values.allSatisfy({ $0 >= 0 && $0 < 1e15 })
  else {
    throw UserError(path: url.path, problem: "contains no valid calibration (shape \(shape))")
  }
  let all = (0..<shape[0]).map { row in
    func column(_ place: Int) -> [Double] {
      (0..<shape[1]).map { bin in values[(row * shape[1] + bin) * 3 + place] }
    }
    return Reliability(
      pixels: column(0).map { Int($0) }, probability: column(1),
      occurred: column(2).map { Int($0) })
  }
  return Calibration(confidence: all[0], classes: Array(all.dropFirst()))
}
