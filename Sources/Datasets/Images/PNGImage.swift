/// Decoded samples of a PNG file, rows top to bottom, channels interleaved.
package struct PNGImage: Hashable, Sendable {
  package let height: Int
  package let width: Int
  /// 1 gray or palette index, 2 gray and alpha, 3 red green blue, 4 with alpha.
  package let channels: Int
  /// 8 or 16.
  package let bitDepth: Int
  /// `height * width * channels` samples in 0..<256 or 0..<65536.
  package var samples: [UInt16]

  /// Traps if the number of samples, of channels or of bits does not fit.
  package init(height: Int, width: Int, channels: Int, bitDepth: Int, samples: [UInt16]) {
    precondition((1...4).contains(channels) && (bitDepth == 8 || bitDepth == 16))
    precondition(samples.count == height * width * channels)
    (self.height, self.width) = (height, width)
    (self.channels, self.bitDepth, self.samples) = (channels, bitDepth, samples)
  }
}
