import CPNG
import Files
import Foundation

extension PNG {
  /// - Parameter raw: palette indices and small grays as stored.
  static func decode(_ url: URL, raw: Bool) throws -> Raster {
    try decodeWithChunks(url, raw: raw).raster
  }

  /// - Parameter refusal: what is wrong with a file, from its header; nothing is then decoded.
  static func decodeWithChunks(
    _ url: URL, raw: Bool, refusal: (PNGChunks) -> UserError? = { _ in nil }
  ) throws -> (raster: Raster, chunks: PNGChunks?) {
    let data = try contents(of: url)
    let chunks = PNGChunks(data)
    if let problem = chunks.flatMap(refusal) { throw problem }
    return (try decode(data, chunks, raw: raw, url), chunks)
  }

  private static func decode(
    _ data: Data, _ chunks: PNGChunks?, raw: Bool, _ url: URL
  ) throws -> Raster {
    try data.withUnsafeBytes { bytes in
      var reader = cpng_reader()
      defer { cpng_reader_close(&reader) }
      return try withUnsafeMutablePointer(to: &reader) { reader in
        try decode(reader, bytes.bindMemory(to: UInt8.self), chunks, raw: raw, path: url.path)
      }
    }
  }

  private static func decode(
    _ reader: UnsafeMutablePointer<cpng_reader>, _ bytes: UnsafeBufferPointer<UInt8>,
    _ chunks: PNGChunks?, raw: Bool, path: String
  ) throws -> Raster {
    func damaged() -> UserError {
      let message = withUnsafeBytes(of: &reader.pointee.message) { text in
        String(decoding: text.prefix { $0 != 0 }, as: UTF8.self)
      }
      return UserError(path: path, problem: "damaged PNG file (\(message)); replace the file")
    }
    guard cpng_reader_open(reader, bytes.baseAddress, bytes.count, UInt32(longestSide)) == 1 else {
      throw damaged()
    }
    let (height, width) = (Int(reader.pointee.height), Int(reader.pointee.width))
    // Sides are below 2^16, so the product cannot overflow.
    guard height * width <= mostPixels else {
      throw UserError(
        path: path,
        problem: "\(width) x \(height) pixels are more than the \(mostPixels) that can be read")
    }
    guard chunks?.canHoldItsSize != false else {
      throw UserError(
        path: path,
        problem: "damaged PNG file (its header states \(width) x \(height) pixels, more than its "
          + "\(chunks?.dataBytes ?? 0) bytes of samples can hold); replace the file")
    }
    var (channels, bitDepth): (Int32, Int32) = (0, 0)
    let rowBytes = cpng_reader_prepare(reader, raw ? 1 : 0, &channels, &bitDepth)
    guard rowBytes == width * Int(channels) * Int(bitDepth) / 8, rowBytes > 0 else {
      throw damaged()
    }
    let passes = cpng_reader_passes(reader)
    // Zeroed, because an interlaced file's first passes leave gaps.
    var rows = [UInt8](repeating: 0, count: height * rowBytes)
    let decoded = rows.withUnsafeMutableBufferPointer {
      cpng_reader_decode(reader, $0.baseAddress, rowBytes, passes)
    }
    guard decoded == 1 else { throw damaged() }
    return Raster(
      height: height, width: width, channels: Int(channels), bitDepth: Int(bitDepth), bytes: rows)
  }

  /// The file's bytes, after its PNG signature has been checked.
  private static func contents(of url: URL) throws -> Data {
    func failed(_ problem: String) -> UserError { UserError(path: url.path, problem: problem) }
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
      throw failed(FolderEntry.brokenLink(url.path) ?? "no such file")
    }
    if isFolder.boolValue { throw failed("is a folder, not a PNG file") }
    if let problem = BoundedFile.unreadable(
      url.path, atMost: mostFileBytes)
    {
      throw failed(problem)
    }
    let data: Data
    do {
      data = try Data(contentsOf: url)
    } catch {
      throw failed("cannot be read; check its permissions")
    }
    if data.isEmpty { throw failed("is empty; replace the file") }
    guard data.starts(with: PNGChunks.signature) else { throw failed(otherFormat(data)) }
    return data
  }

  /// What a file that is named `.png` is instead, and what to do.
  private static func otherFormat(_ data: Data) -> String {
    if data.starts(with: [0xFF, 0xD8, 0xFF]) {
      return "is a JPEG file, but only PNG is read; its name does not change that: convert it with "
        + "convert jpg:IN png:OUT (labels that were saved as JPEG have lost their ids: save them again)"
    }
    let formats: [(start: [UInt8], name: String)] = [
      (Array("GIF8".utf8), "GIF"), (Array("BM".utf8), "BMP"), ([0x49, 0x49, 0x2A, 0], "TIFF"),
      ([0x4D, 0x4D, 0, 0x2A], "TIFF"), (Array("RIFF".utf8), "WebP"),
      (Array("version https://git-lfs".utf8), "Git LFS pointer (git lfs pull fetches the image)"),
    ]
    let found =
      formats.first { data.starts(with: $0.start) }.map { ": it is a \($0.name) file" } ?? ""
    return "is not a PNG file\(found)"
  }

  static func encode(_ raster: Raster, to url: URL) throws {
    func failed(_ problem: String) -> UserError { UserError(path: url.path, problem: problem) }
    guard (1...longestSide).contains(raster.height), (1...longestSide).contains(raster.width) else {
      throw failed("cannot write an image of \(raster.width) x \(raster.height) pixels")
    }
    let colorTypes = [
      PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA, PNG_COLOR_TYPE_RGB, PNG_COLOR_TYPE_RGB_ALPHA,
    ]
    var writer = cpng_writer()
    defer { cpng_writer_close(&writer) }
    let encoded = raster.bytes.withUnsafeBufferPointer { rows in
      cpng_writer_encode(
        &writer, rows.baseAddress, raster.width * raster.channels * raster.bitDepth / 8,
        UInt32(raster.width), UInt32(raster.height), Int32(raster.bitDepth),
        Int32(colorTypes[raster.channels - 1]))
    }
    guard encoded == 1, let bytes = writer.bytes else { throw failed("cannot be encoded as PNG") }
    try AtomicFile.write(Data(bytes: bytes, count: writer.size), to: url)
  }
}
