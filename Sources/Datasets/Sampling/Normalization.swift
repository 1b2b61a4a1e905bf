import Tensors

/// Bytes to network input: (value / 255 - mean) / deviation, channel by channel.
package struct Normalization: Hashable, Sendable {
  /// Values for the red, green and blue channels, as fractions of 255.
  package let mean: [Double]
  package let deviation: [Double]
  /// The mean color in bytes, red, green, blue: what an image is padded with.
  let meanBytes: [UInt8]
  /// The 3 * 256 normalized values, channel by channel.
  private let table: [Float]

  /// Traps unless there are three means and three deviations above 0.
  package init(mean: [Double], deviation: [Double]) {
    precondition(mean.count == 3 && deviation.count == 3 && deviation.allSatisfy { $0 > 0 })
    (self.mean, self.deviation) = (mean, deviation)
    meanBytes = mean.map { UInt8(max(0, min(255, (Float($0) * 255).rounded()))) }
    table = (0..<3).flatMap { c in
      (0..<256).map { (Float($0) / 255 - Float(mean[c])) / Float(deviation[c]) }
    }
  }

  /// The statistics of ImageNet, which the paper's authors use for both data sets.
  package static let imageNet = Normalization(
    mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225])

  package static func == (a: Normalization, b: Normalization) -> Bool {
    (a.mean, a.deviation) == (b.mean, b.deviation)
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(mean)
    hasher.combine(deviation)
  }

  /// Writes the image's `height * width * 3` normalized values.
  func normalize(_ image: ColorImage, into out: UnsafeMutablePointer<Float>) {
    table.withUnsafeBufferPointer { table in
      image.bytes.withUnsafeBufferPointer { bytes in
        for pixel in 0..<bytes.count / 3 {
          for c in 0..<3 {
            out[pixel * 3 + c] = table[c * 256 + Int(bytes[pixel * 3 + c])]
          }
        }
      }
    }
  }
}

extension Normalization: Codable {
  private enum Key: String, CodingKey { case mean, deviation }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    let mean = try container.decode([Double].self, forKey: .mean)
    let deviation = try container.decode([Double].self, forKey: .deviation)
    guard mean.count == 3, deviation.count == 3, deviation.allSatisfy({ $0 > 0 }) else {
      throw DecodingError.dataCorruptedError(
        forKey: .deviation, in: container, debugDescription: "three numbers above 0 are needed")
    }
    self.init(mean: mean, deviation: deviation)
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(mean, forKey: .mean)
    try container.encode(deviation, forKey: .deviation)
  }
}
