import Datasets
import Foundation
import Testing

/// Fixtures of every color type and depth, written by `Fixtures/make_png.py`.
@Suite struct PNGFixtureTests {
  static let (height, width) = (7, 9)
  static let kinds = [("gray", 1), ("rgb", 3), ("grayalpha", 2), ("rgba", 4)]
  static let files: [(name: String, channels: Int, bits: Int)] = kinds.flatMap { kind, channels in
    (kind == "gray" ? [1, 2, 4, 8, 16] : [8, 16]).flatMap { bits in
      ["", "i"].map { ("\(kind)\(bits)\($0)", channels, bits) }
    }
  }
  static let palettes = [1, 2, 4, 8].flatMap { bits in
    ["", "i"].map { (name: "palette\(bits)\($0)", bits: bits) }
  }

  static func url(_ name: String) -> URL {
    Folders.fixtures.appendingPathComponent("png/\(name).png")
  }

  /// What the script stores.
  static func samples(channels: Int, bits: Int) -> [UInt16] {
    (0..<height * width * channels).map { i in
      let (c, x, y) = (i % channels, i / channels % width, i / channels / width)
      let value = 7 * x + 13 * y + 29 * c + 3
      return UInt16((bits == 16 ? value * 771 : value) % (1 << bits))
    }
  }

  @Test("Stored samples are read unscaled", arguments: files)
  func stored(name: String, channels: Int, bits: Int) throws {
    let image = try PNG.readIndices(Self.url(name))
    #expect(image.height == Self.height && image.width == Self.width)
    #expect(image.channels == channels && image.bitDepth == max(8, bits))
    #expect(image.samples == Self.samples(channels: channels, bits: bits))
  }

  @Test("Pictures have grays of few bits scaled to 8", arguments: files)
  func picture(name: String, channels: Int, bits: Int) throws {
    let scale: UInt16 = bits < 8 ? 255 / ((1 << bits) - 1) : 1
    let image = try PNG.read(Self.url(name))
    #expect(image.channels == channels)
    #expect(image.samples == Self.samples(channels: channels, bits: bits).map { $0 * scale })
  }

  @Test("Palettes are read as indices and as colors", arguments: palettes)
  func palette(name: String, bits: Int) throws {
    let indices = Self.samples(channels: 1, bits: bits)
    let colors = indices.flatMap { [$0, 255 - $0, 5 * $0 % 256] }
    #expect(try PNG.readIndices(Self.url(name)).samples == indices)
    #expect(try PNG.read(Self.url(name)).samples == colors)
    #expect(try PNG.readColor(Self.url(name)).bytes == colors.map { UInt8($0) })
  }

  @Test func transparentPaletteGivesAlphaAndSameColors() throws {
    let url = Self.url("palette4-alpha")
    let indices = Self.samples(channels: 1, bits: 4)
    #expect(
      try PNG.read(url).samples == indices.flatMap { [$0, 255 - $0, 5 * $0 % 256, 10 * $0] })
    #expect(try PNG.readIndices(url).samples == indices)
    #expect(
      try PNG.readColor(url).bytes
        == indices.flatMap { [$0, 255 - $0, 5 * $0 % 256] }.map { UInt8($0) })
  }

  @Test("Gamma, color space and other ancillary chunks change no sample")
  func ancillary() throws {
    let plain = try PNG.read(Self.url("rgb8"))
    #expect(try PNG.read(Self.url("rgb8-ancillary")) == plain)
    #expect(try PNG.readColor(Self.url("rgb8-ancillary")).bytes.map(UInt16.init) == plain.samples)
    #expect(try PNG.readIndices(Self.url("gray8-srgb")) == PNG.readIndices(Self.url("gray8")))
  }
}
