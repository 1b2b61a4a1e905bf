import Files
import Foundation

/// Reading and writing PNG files through libpng: every color type and bit depth, interlaced or
/// not. Samples are returned as stored: gamma, color space, background and other ancillary
/// chunks never change them. Every error is a `UserError` with the file's path.
package enum PNG {
  /// No data set has an image with a longer side or more pixels: a larger one is a damaged or
  /// malicious file.
  static let longestSide = 65_535
  static let mostPixels = 200_000_000
  /// More than those pixels take with 16 bits and four channels.
  static let mostFileBytes = 2 << 30

  /// The picture: palettes become colors (with alpha if the palette has it), grays of 1, 2 and
  /// 4 bits are scaled to 8.
  package static func read(_ url: URL) throws -> PNGImage {
    image(try decode(url, raw: false))
  }

  /// The stored numbers, for label files: palette indices and grays of any depth unscaled.
  package static func readIndices(_ url: URL) throws -> PNGImage {
    image(try decode(url, raw: true))
  }

  /// The picture with 8 bits per channel: alpha is dropped, grays become colors, and 16-bit samples
  /// keep their high byte.
  package static func readColor(_ url: URL) throws -> ColorImage {
    let raster = try decode(url, raw: false)
    let pixels = raster.height * raster.width
    let (channels, step) = (raster.channels, raster.bitDepth / 8)
    if channels == 3, step == 1 {
      return ColorImage(height: raster.height, width: raster.width, bytes: raster.bytes)
    }
    // Samples are in native order: the high byte of a little-endian one comes second.
    let high = step == 2 && UInt16(1).littleEndian == 1 ? 1 : 0
    let bytes = [UInt8](unsafeUninitializedCapacity: pixels * 3) { out, count in
      for p in 0..<pixels {
        for c in 0..<3 {
          let channel = channels < 3 ? 0 : c
          out[p * 3 + c] = raster.bytes[(p * channels + channel) * step + high]
        }
      }
      count = pixels * 3
    }
    return ColorImage(height: raster.height, width: raster.width, bytes: bytes)
  }

  /// Writes the image atomically: a reader never sees a partial file.
  package static func write(_ image: PNGImage, to url: URL) throws {
    let bytes: [UInt8]
    if image.bitDepth == 8 {
      bytes = image.samples.map { UInt8(truncatingIfNeeded: $0) }
    } else {
      bytes = image.samples.withUnsafeBytes { Array($0) }
    }
    try encode(
      Raster(
        height: image.height, width: image.width, channels: image.channels,
        bitDepth: image.bitDepth, bytes: bytes), to: url)
  }

  /// Writes an 8-bit color image.
  package static func write(_ image: ColorImage, to url: URL) throws {
    try encode(
      Raster(
        height: image.height, width: image.width, channels: 3, bitDepth: 8, bytes: image.bytes),
      to: url)
  }

  /// Writes one byte per pixel as 8-bit gray, as in Cityscapes and CamVid label files.
  package static func writeGray(height: Int, width: Int, bytes: [UInt8], to url: URL) throws {
    precondition(bytes.count == height * width)
    try encode(
      Raster(height: height, width: width, channels: 1, bitDepth: 8, bytes: bytes), to: url)
  }

  /// Samples in native byte order, one or two bytes each.
  struct Raster {
    var height: Int
    var width: Int
    var channels: Int
    var bitDepth: Int
    var bytes: [UInt8]
  }

  static func image(_ raster: Raster) -> PNGImage {
    let samples: [UInt16]
    if raster.bitDepth == 8 {
      samples = [UInt16](unsafeUninitializedCapacity: raster.bytes.count) { out, count in
        raster.bytes.withUnsafeBufferPointer { for i in $0.indices { out[i] = UInt16($0[i]) } }
        count = raster.bytes.count
      }
    } else {
      samples = raster.bytes.withUnsafeBytes { bytes in
        (0..<bytes.count / 2).map { bytes.loadUnaligned(fromByteOffset: 2 * $0, as: UInt16.self) }
      }
    }
    return PNGImage(
      height: raster.height, width: raster.width, channels: raster.channels,
      bitDepth: raster.bitDepth, samples: samples)
  }
}
