import Files
import Foundation

/// What a PNG file's chunks say, before anything is decoded or memory is asked for.
/// https://www.w3.org/TR/png-3/#5DataRep
struct PNGChunks {
  private(set) var width = 0
  private(set) var height = 0
  /// As stored: 1 to 16.
  private(set) var bitDepth = 0
  private(set) var colorType = 0
  /// Red, green and blue of each entry; empty if there is none.
  private(set) var palette: [UInt8] = []
  /// Bytes of compressed samples.
  private(set) var dataBytes = 0

  static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
  /// Signature and header chunk.
  static let headerBytes = 33
  private static let paletteType = 3

  /// Nil if the data does not begin as a PNG file does.
  init?(_ data: Data) {
    guard data.starts(with: Self.signature) else { return nil }
    var position = data.startIndex + Self.signature.count
    while data.endIndex - position >= 8 {
      let length = Self.number(data, at: position)
      let name = data[position + 4..<position + 8]
      let start = position + 8
      let body = data[start..<start + min(length, data.endIndex - start)]
      if width == 0, name.elementsEqual("IHDR".utf8), body.count == 13 {
        (width, height) = (Self.number(body, at: start), Self.number(body, at: start + 4))
        (bitDepth, colorType) = (Int(body[start + 8]), Int(body[start + 9]))
      } else if name.elementsEqual("PLTE".utf8) {
        palette = Array(body)
      } else if name.elementsEqual("IDAT".utf8) {
        dataBytes += body.count
      } else if name.elementsEqual("IEND".utf8) {
        break
      }
      guard data.endIndex - start >= length + 4 else { break }
      position = start + length + 4
    }
    if width == 0 || height == 0 { return nil }
  }

  private static func number(_ data: Data, at position: Int) -> Int {
    data[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
  }

  /// Whether the compressed samples can be as many as the header states: deflate shrinks data by a
  /// factor of at most 1032. Traps unless both sides are below 2^16.
  var canHoldItsSize: Bool {
    height * width * channels * bitDepth / 8 <= (dataBytes + 1) * 1032
  }

  var isIndexed: Bool { colorType == Self.paletteType }

  /// As stored, without what a transparent color would add; 1 for a type that PNG does not have.
  var channels: Int { [0: 1, 2: 3, 3: 1, 4: 2, 6: 4][colorType] ?? 1 }
}

extension PNG {
  /// Height and width as the file's header states them; nil if it cannot be read or is not a PNG file.
  package static func statedSize(_ url: URL) -> [Int]? {
    guard BoundedFile.unreadable(url.path) == nil,
      let file = FileHandle(forReadingAtPath: url.path)
    else {
      return nil
    }
    defer { try? file.close() }
    guard let start = try? file.read(upToCount: PNGChunks.headerBytes),
      let chunks = PNGChunks(start)
    else { return nil }
    return [chunks.height, chunks.width]
  }

  /// The stored numbers, as `readIndices`, but the grays of a palette that holds nothing else.
  package static func readGrays(_ url: URL) throws -> PNGImage {
    try readLabels(url, takesGrays: true) { _ in nil }.image
  }

  /// The numbers of a label file and its palette.
  /// - Parameters:
  ///   - takesGrays: return numbers as `readGrays`, otherwise as `readIndices`.
  ///   - refusal: what is wrong with a file, from its header; nothing is then decoded.
  static func readLabels(
    _ url: URL, takesGrays: Bool, refusal: (PNGChunks) -> UserError?
  ) throws -> (image: PNGImage, palette: Palette?) {
    let (stored, chunks) = try decodeWithChunks(url, raw: true, refusal: refusal)
    let palette = Palette(stored, chunks)
    var raster = stored
    if takesGrays, let grays = palette?.grays { raster.bytes = raster.bytes.map { grays[Int($0)] } }
    return (image(raster), palette)
  }

  /// Whether `readGrays` and `readIndices` differ.
  static func hasReorderedGrays(_ url: URL) throws -> Bool {
    let (raster, chunks) = try decodeWithChunks(url, raw: true)
    return Palette(raster, chunks)?.grays != nil
  }
}
