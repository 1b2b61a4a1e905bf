import Files
import Foundation

/// The members of a zip file that is neither split nor encrypted, such as `torch.save` and
/// `np.savez_compressed` write it.
///
/// Sizes come from the central directory, since PyTorch leaves those in the local headers at zero
/// (flag bit 3). https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, sections 4.3 and 4.5.
package struct ZipArchive: Sendable {
  private var entries: [String: Entry] = [:]

  private let data: Data
  private struct Directory { var start, size, entries: Int }
  private struct Entry {
    var name: String
    var isCompressed: Bool
    var checksum: UInt32
    /// Of the contents, and of what is in the file.
    var size, packed: Int
    /// Where the local header begins, and what follows it.
    var header: Int
    var start = 0
  }

  /// - Throws: `UserError` if members overlap, have one name, or reach beyond the file.
  package init(_ data: Data) throws(UserError) {
    self.data = data
    let directory = try Self.directory(data)
    var reader = ByteReader(data, at: directory.start, what: "its zip directory")
    var places: [Range<Int>] = []
    for _ in 0..<directory.entries {
      var entry = try Self.entry(&reader)
      entry.start = try Self.contents(entry, in: data)
      guard entry.packed <= directory.start - entry.start else {
        throw UserError("its member \(quoted(entry.name)) reaches beyond its place")
      }
      places.append(entry.header..<entry.start + entry.packed)
      guard entries.updateValue(entry, forKey: entry.name) == nil else {
        throw UserError("it has two members \(quoted(entry.name))")
      }
    }
    guard reader.position == directory.start + directory.size else {
      throw UserError("its zip directory does not have the stated size")
    }
    places.sort { $0.lowerBound < $1.lowerBound }
    for (a, b) in zip(places, places.dropFirst()) where a.upperBound > b.lowerBound {
      throw UserError("some of its members overlap")
    }
  }

  package var names: [String] { entries.keys.sorted() }

  /// The contents of a member; nil if there is no member with that name.
  /// - Throws: `UserError` if they are damaged.
  package func contents(of name: String) throws(UserError) -> Data? {
    guard let entry = entries[name] else { return nil }
    let packed = packedBytes(entry)
    do throws(UserError) {
      let contents =
        entry.isCompressed ? try Deflate.decompress(packed, size: entry.size) : packed
      guard Deflate.checksum(contents) == entry.checksum else {
        throw UserError("its checksum does not match")
      }
      return contents
    } catch {
      throw UserError("its member \(quoted(name)) is damaged: \(error.problem)")
    }
  }

  /// All members as they are in the file, checksums aside.
  /// - Throws: `UserError` if one is compressed.
  func storedMembers() throws(UserError) -> [String: Data] {
    var members: [String: Data] = [:]
    for (name, entry) in entries {
      guard !entry.isCompressed else {
        throw UserError(
          "its member \(quoted(name)) is compressed, which torch.save never does; unpack it and "
            + "save it again")
      }
      members[name] = packedBytes(entry)
    }
    return members
  }

  private func packedBytes(_ entry: Entry) -> Data {
    let from = data.startIndex + entry.start
    return data[from..<from + entry.packed]
  }

  private static let damaged = UserError("its zip directory is missing or damaged")

  /// Follows the record at the end of the file, and its 64-bit extension where a field is full.
  private static func directory(_ data: Data) throws(UserError) -> Directory {
    guard let end = endRecord(data) else { throw damaged }
    var reader = ByteReader(data, at: end + 4, what: "its zip directory")
    let disks = try reader.unsigned(4)
    let (here, entries) = (try reader.size(2), try reader.size(2))
    let (size, start) = (try reader.size(4), try reader.size(4))
    guard disks == 0 else { throw UserError("it is one part of a split zip file") }
    var directory = Directory(start: start, size: size, entries: entries)
    var limit = end
    if here == 0xffff || entries == 0xffff || size == 0xffff_ffff || start == 0xffff_ffff {
      (directory, limit) = try extendedDirectory(data, end: end)
    } else if here != entries {
      throw damaged
    }
    // Each entry takes at least 46 bytes.
    guard directory.start <= limit, directory.size <= limit - directory.start,
      directory.entries <= directory.size / 46
    else { throw damaged }
    return directory
  }

  private static func extendedDirectory(
    _ data: Data, end: Int
  ) throws(UserError) -> (Directory, limit: Int) {
    guard end >= 20 else { throw damaged }
    var locator = ByteReader(data, at: end - 20, what: "its zip directory")
    guard try locator.unsigned(4) == 0x0706_4b50, try locator.unsigned(4) == 0 else {
      throw damaged
    }
    let record = try locator.size(8)
    guard record <= end - 20 else { throw damaged }
    var reader = ByteReader(data, at: record, what: "its zip directory")
    guard try reader.unsigned(4) == 0x0606_4b50 else { throw damaged }
    // Its own size, versions and the numbers of two disks.
    _ = try reader.bytes(8 + 2 + 2 + 4 + 4)
    let (here, entries) = (try reader.size(8), try reader.size(8))
    let (size, start) = (try reader.size(8), try reader.size(8))
    guard here == entries else { throw damaged }
    return (Directory(start: start, size: size, entries: entries), record)
  }

  /// Where the last record of the file begins: only a comment of the stated length follows it.
  private static func endRecord(_ data: Data) -> Int? {
    let signature: [UInt8] = [0x50, 0x4b, 5, 6]
    var position = data.count - 22
    while position >= max(0, data.count - 22 - 0xffff) {
      let at = data.startIndex + position
      if data[at] == signature[0], data[at..<at + 4].elementsEqual(signature) {
        let comment = Int(data[at + 20]) | Int(data[at + 21]) << 8
        if position + 22 + comment == data.count { return position }
      }
      position -= 1
    }
    return nil
  }

  /// Reads one entry of the central directory.
  private static func entry(_ reader: inout ByteReader) throws(UserError) -> Entry {
    guard try reader.unsigned(4) == 0x0201_4b50 else { throw damaged }
    _ = try reader.bytes(4)  // versions
    let (flags, method) = (try reader.unsigned(2), try reader.unsigned(2))
    _ = try reader.bytes(4)  // time
    let checksum = UInt32(truncatingIfNeeded: try reader.unsigned(4))
    var (packed, size) = (try reader.size(4), try reader.size(4))
    let (nameLength, extraLength) = (try reader.size(2), try reader.size(2))
    let commentLength = try reader.size(2)
    _ = try reader.bytes(8)  // disk, attributes
    var header = try reader.size(4)
    let name = try reader.text(nameLength)
    let extra = try reader.bytes(extraLength)
    _ = try reader.bytes(commentLength)
    guard flags & 0x2041 == 0 else {
      throw UserError("its member \(quoted(name)) is encrypted")
    }
    guard method == 0 || method == 8 else {
      throw UserError("its member \(quoted(name)) is compressed by a method other than deflate")
    }
    if size == 0xffff_ffff || packed == 0xffff_ffff || header == 0xffff_ffff {
      var wide = try wideFields(extra)
      if size == 0xffff_ffff { size = try wide.size(8) }
      if packed == 0xffff_ffff { packed = try wide.size(8) }
      if header == 0xffff_ffff { header = try wide.size(8) }
    }
    // Deflate shrinks data by a factor of at most 1032.
    guard method == 0 ? packed == size : size / 1032 <= packed else { throw damaged }
    return Entry(
      name: name, isCompressed: method == 8, checksum: checksum, size: size, packed: packed,
      header: header)
  }

  /// The extra field 1, which holds what does not fit into 32 bits.
  private static func wideFields(_ extra: Data) throws(UserError) -> ByteReader {
    var reader = ByteReader(extra, what: "its zip directory")
    while reader.remaining > 0 {
      let (kind, length) = (try reader.unsigned(2), try reader.size(2))
      let field = try reader.bytes(length)
      if kind == 1 { return ByteReader(field, what: "its zip directory") }
    }
    throw damaged
  }

  /// Where a member's bytes begin, after its local header.
  private static func contents(_ entry: Entry, in data: Data) throws(UserError) -> Int {
    guard entry.header <= data.count else { throw damaged }
    var reader = ByteReader(data, at: entry.header, what: "its member \(quoted(entry.name))")
    guard try reader.unsigned(4) == 0x0403_4b50 else { throw damaged }
    _ = try reader.bytes(22)
    let (nameLength, extraLength) = (try reader.size(2), try reader.size(2))
    let name = try reader.bytes(nameLength)
    _ = try reader.bytes(extraLength)
    guard name.elementsEqual(entry.name.utf8) else {
      throw UserError("its member \(quoted(entry.name)) has another name in its own header")
    }
    return reader.position
  }
}
