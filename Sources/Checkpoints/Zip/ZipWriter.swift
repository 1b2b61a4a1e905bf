import Files
import Foundation

/// Writes zip files whose bytes depend only on their members, with no times or attributes.
///
/// https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, section 4.3, without the 64-bit
/// extension: at most 65,535 members and 4 GB.
package struct ZipWriter {
  private var data = Data()
  private var directory = Data()
  private var count = 0

  package init() {}

  /// Adds a member, compressed where that makes it smaller.
  /// - Throws: `UserError` if the archive would become too large.
  package mutating func add(_ name: String, _ contents: Data) throws(UserError) {
    let compressed = try Deflate.compress(contents)
    let isSmaller = compressed.count < contents.count
    let packed = isSmaller ? compressed : contents
    guard UInt32(exactly: contents.count) != nil,
      UInt32(exactly: data.count + packed.count + directory.count + (1 << 20)) != nil,
      count < 0xffff, name.utf8.count < 1 << 10
    else { throw UserError("an archive cannot hold 4 GB or 65,535 members") }
    // What the local header and the directory share: version 2.0, names in UTF-8, the method, and
    // the first day that the format knows.
    var fields = Data()
    for value in [20, 1 << 11, isSmaller ? 8 : 0, 0, 0x21] { fields.append(value, bytes: 2) }
    for value in [Int(Deflate.checksum(contents)), packed.count, contents.count] {
      fields.append(value, bytes: 4)
    }
    fields.append(name.utf8.count, bytes: 2)
    fields.append(0, bytes: 2)
    directory.append(0x0201_4b50, bytes: 4)
    directory.append(20, bytes: 2)
    directory += fields
    directory.append(0, bytes: 10)  // comment, disk, attributes
    directory.append(data.count, bytes: 4)
    directory += Data(name.utf8)
    data.append(0x0403_4b50, bytes: 4)
    data += fields
    data += Data(name.utf8)
    data += packed
    count += 1
  }

  /// The whole file; nothing may be added after this.
  package consuming func finished() -> Data {
    let start = data.count
    data += directory
    data.append(0x0605_4b50, bytes: 4)
    data.append(0, bytes: 4)
    for _ in 0..<2 { data.append(count, bytes: 2) }
    data.append(directory.count, bytes: 4)
    data.append(start, bytes: 4)
    data.append(0, bytes: 2)
    return data
  }
}

extension Data {
  /// Little endian.
  fileprivate mutating func append(_ value: Int, bytes: Int) {
    for byte in 0..<bytes { append(UInt8(truncatingIfNeeded: value >> (8 * byte))) }
  }
}
