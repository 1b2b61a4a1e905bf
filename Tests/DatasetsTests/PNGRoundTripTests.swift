import Datasets
import Files
import Foundation
import TestSupport
import Testing

@Suite struct PNGRoundTripTests {
  static let shapes = [1, 2, 3, 4].flatMap { channels in
    [8, 16].map { (channels: channels, bits: $0) }
  }

  @Test("Written samples are read back unchanged", arguments: shapes)
  func roundTrip(channels: Int, bits: Int) throws {
    try withTemporaryFolder { folder in
      let (height, width) = (5, 7)
      let largest = bits == 8 ? 255 : 65535
      let samples = (0..<height * width * channels).map { UInt16($0 * 7919 % (largest + 1)) }
      let image = PNGImage(
        height: height, width: width, channels: channels, bitDepth: bits, samples: samples)
      let url = folder.appendingPathComponent("a.png")
      try PNG.write(image, to: url)
      #expect(try PNG.read(url) == image)
      #expect(try PNG.readIndices(url) == image)
    }
  }

  @Test("Color reads drop alpha, widen grays and keep the high byte", arguments: shapes)
  func color(channels: Int, bits: Int) throws {
    try withTemporaryFolder { folder in
      let samples = (0..<4 * channels).map { UInt16((bits == 8 ? 1 : 259) * (10 + $0)) }
      let url = folder.appendingPathComponent("a.png")
      try PNG.write(
        PNGImage(height: 2, width: 2, channels: channels, bitDepth: bits, samples: samples),
        to: url)
      let expected = (0..<4).flatMap { pixel in
        (0..<3).map { c in
          let sample = samples[pixel * channels + (channels < 3 ? 0 : c)]
          return UInt8(bits == 8 ? sample : sample >> 8)
        }
      }
      let color = try PNG.readColor(url)
      #expect(color == ColorImage(height: 2, width: 2, bytes: expected))
      try PNG.write(color, to: url)
      #expect(try PNG.readColor(url) == color)
    }
  }

  @Test func grayBytesAreReadBackAsIndices() throws {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("a.png")
      try PNG.writeGray(height: 2, width: 3, bytes: [0, 1, 33, 128, 254, 255], to: url)
      let image = try PNG.readIndices(url)
      #expect(image.channels == 1 && image.bitDepth == 8)
      #expect(image.samples == [0, 1, 33, 128, 254, 255])
    }
  }

  @Test func writingIntoAMissingFolderNamesTheFile() throws {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("missing/a.png")
      let error = #expect(throws: UserError.self) {
        try PNG.writeGray(height: 1, width: 1, bytes: [0], to: url)
      }
      #expect(error?.path == url.path)
      #expect(error?.problem.contains("cannot write: No such file or directory") == true)
    }
  }
}
