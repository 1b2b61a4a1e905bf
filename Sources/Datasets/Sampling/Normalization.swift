/// Bytes to network input: (value / 255 - mean) / deviation by channel, with the statistics of
/// ImageNet that the authors use for both data sets.
package enum Normalization {
  package static let mean: [Float] = [0.485, 0.456, 0.406]
  package static let deviation: [Float] = [0.229, 0.224, 0.225]
  /// The mean colour in bytes, red, green, blue: what an image is padded with.
  static let meanBytes: [UInt8] = mean.map { UInt8(($0 * 255).rounded()) }

  /// The 3 * 256 normalised values, channel by channel.
  private static let table: [Float] = (0..<3).flatMap { c in
    (0..<256).map { (Float($0) / 255 - mean[c]) / deviation[c] }
  }

  /// Writes the image's `height * width * 3` normalised values.
  static func normalize(_ image: ColorImage, into out: UnsafeMutablePointer<Float>) {
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
