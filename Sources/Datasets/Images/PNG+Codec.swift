import CPNG
import Files
import Foundation

extension PNG {
  /// - Parameter raw: palette indices and small grays as stored.
  static func decode(_ url: URL, raw: Bool) throws -> Raster {
    let data = try contents(of: url)
    return try data.withUnsafeBytes { bytes in
      var reader = cpng_reader()
      defer { cpng_reader_close(&reader) }
      return try withUnsafeMutablePointer(to: &reader) { reader in
        try decode(reader, bytes.bindMemory(to: UInt8.self), raw: raw, path: url.path)
      }
    }
  }

  private static func decode(
    _ reader: UnsafeMutablePointer<cpng_reader>, _ bytes: UnsafeBufferPointer<UInt8>, raw: Bool,
    path: String
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
      throw failed("no such file")
    }
    if isFolder.boolValue { throw failed("is a folder, not a PNG file") }
    let data: Data
    do {
      data = try Data(contentsOf: url)
    } catch {
      throw failed("cannot be read; check its permissions")
    }
    if data.isEmpty { throw failed("is empty; replace the file") }
    guard data.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) else {
      if data.starts(with: [0xFF, 0xD8, 0xFF]) {
        throw failed(
          "is a JPEG file, but only PNG is read; convert the folder: mogrify -format png "
            + "\(url.deletingLastPathComponent().path)/*")
      }
      throw failed("is not a PNG file")
    }
    return data
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
    do {
      try Data(bytes: bytes, count: writer.size).write(to: url, options: .atomic)
    } catch {
      throw failed("cannot be written (\(reason(error))); check space and permissions")
    }
  }

  /// The system's own short reason, such as "No space left on device".
  private static func reason(_ error: any Error) -> String {
    let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
    if let underlying, underlying.domain == NSPOSIXErrorDomain {
      return String(cString: strerror(Int32(underlying.code)))
    }
    return error.localizedDescription
  }
}
