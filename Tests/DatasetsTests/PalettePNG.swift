import Foundation

/// A PNG file put together by hand, for what `PNG.write` does not write.
enum PalettePNG {
  /// An 8-bit file of palette indices.
  /// - Parameter palette: red, green and blue of each entry.
  static func data(width: Int, indices: [UInt8], palette: [UInt8]) -> Data {
    let height = indices.count / width
    let rows = (0..<height).flatMap { [0] + indices[$0 * width..<($0 + 1) * width] }
    return file(width: width, height: height, depth: 8, colorType: 3, palette: palette, rows: rows)
  }

  /// - Parameter rows: filter bytes and samples, fewer than 65536.
  static func file(
    width: Int, height: Int, depth: UInt8, colorType: UInt8, palette: [UInt8] = [], rows: [UInt8]
  ) -> Data {
    var data = Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
    data += chunk("IHDR", bytes(width) + bytes(height) + [depth, colorType, 0, 0, 0])
    if !palette.isEmpty { data += chunk("PLTE", palette) }
    let count = [UInt8(rows.count & 255), UInt8(rows.count >> 8)]
    // One stored block of deflate.
    data += chunk(
      "IDAT", [0x78, 1, 1] + count + count.map { ~$0 } + rows + bytes(Int(adler(rows))))
    return data + chunk("IEND", [])
  }

  private static func bytes(_ number: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
  }

  private static func chunk(_ name: String, _ body: [UInt8]) -> [UInt8] {
    let named = Array(name.utf8) + body
    var crc: UInt32 = 0xFFFF_FFFF
    for byte in named {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
    return bytes(body.count) + named + bytes(Int(~crc))
  }

  private static func adler(_ rows: [UInt8]) -> UInt32 {
    var (a, b): (UInt32, UInt32) = (1, 0)
    for byte in rows {
      a = (a + UInt32(byte)) % 65521
      b = (b + a) % 65521
    }
    return b << 16 | a
  }
}
