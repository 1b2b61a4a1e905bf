import CZlib
import Files
import Foundation

/// Raw deflate streams (RFC 1951) and their checksums, by zlib.
enum Deflate {
  /// - Returns: the same bytes for the same data and version of zlib.
  static func compress(_ data: Data) throws(UserError) -> Data {
    var stream = unsafe z_stream()
    // Negative window bits leave out zlib's own header, as zip files require.
    guard
      unsafe deflateInit2_(
        &stream, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
        Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { throw UserError("zlib cannot be initialized") }
    defer { unsafe deflateEnd(&stream) }
    let size = unsafe Int(deflateBound(&stream, UInt(data.count)))
    return try unsafe run(&stream, data, size: size) { unsafe deflate(&$0, Z_FINISH) }
  }

  /// - Parameter size: the size of the data that the archive states.
  /// - Throws: `UserError` if the stream is damaged or has another size.
  static func decompress(_ data: Data, size: Int) throws(UserError) -> Data {
    var stream = unsafe z_stream()
    guard
      unsafe inflateInit2_(&stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { throw UserError("zlib cannot be initialized") }
    defer { unsafe inflateEnd(&stream) }
    let result = try unsafe run(&stream, data, size: size) { unsafe inflate(&$0, Z_FINISH) }
    guard result.count == size else { throw UserError("its compressed data is damaged") }
    return result
  }

  /// CRC-32 as in zip files.
  static func checksum(_ data: Data) -> UInt32 {
    unsafe data.withUnsafeBytes { bytes in
      unsafe UInt32(
        truncatingIfNeeded: crc32_z(0, bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count))
    }
  }

  /// - Parameter size: room for the output, below 4 GB as in a zip file without extensions.
  private static func run(
    _ stream: inout z_stream, _ data: Data, size: Int, _ step: (inout z_stream) -> Int32
  ) throws(UserError) -> Data {
    guard let available = UInt32(exactly: data.count), let room = UInt32(exactly: size) else {
      throw UserError("arrays of 4 GB and more cannot be compressed")
    }
    // One more byte, so that there is an address even if nothing is to be written.
    var output = Data(count: size + 1)
    var status = Z_OK
    unsafe data.withUnsafeBytes { input in
      unsafe output.withUnsafeMutableBytes { output in
        unsafe stream.next_in = UnsafeMutablePointer(
          mutating: input.bindMemory(to: UInt8.self).baseAddress)
        unsafe stream.avail_in = available
        unsafe stream.next_out = output.bindMemory(to: UInt8.self).baseAddress
        unsafe stream.avail_out = room
        status = unsafe step(&stream)
      }
    }
    guard status == Z_STREAM_END else { throw UserError("its compressed data is damaged") }
    return unsafe output.prefix(Int(stream.total_out))
  }
}
