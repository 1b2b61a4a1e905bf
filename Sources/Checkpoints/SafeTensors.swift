import Files
import Foundation

/// The safetensors format (https://github.com/huggingface/safetensors#format): the header's length
/// (8 bytes, little endian), a JSON header, the arrays one after the other.
package enum SafeTensors {
  /// A limit for names, extents and places, far above any network's.
  static let mostHeaderBytes = 16 << 20

  /// The bytes of a file of single-precision arrays.
  /// - Throws: `UserError` if an array's shape does not match its count, or a name occurs twice.
  package static func encode(
    _ arrays: [NamedArray], metadata: [String: String]
  ) throws -> Data {
    var entries: [String: Entry] = [:]
    var end = 0
    for array in arrays {
      guard array.shape.checkedProduct == array.values.count, array.name != metadataKey,
        entries[array.name] == nil
      else {
        throw UserError(
          "array \(array.name) \(array.shape) of \(array.values.count) cannot be stored")
      }
      let bytes = array.values.count * MemoryLayout<Float>.size
      entries[array.name] = Entry(
        dtype: ScalarType.float32.safetensorsName, shape: array.shape, offsets: [end, end + bytes])
      end += bytes
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var header = try encoder.encode(Header(metadata: metadata, entries: entries))
    header.append(Data(repeating: 0x20, count: (8 - header.count % 8) % 8))
    var data = Data(capacity: 8 + header.count + end)
    unsafe withUnsafeBytes(of: UInt64(header.count).littleEndian) {
      unsafe data.append(contentsOf: $0)
    }
    data.append(header)
    for array in arrays {
      unsafe array.values.withUnsafeBytes { unsafe data.append(contentsOf: $0) }
    }
    return data
  }

  /// The tensors in the order of the file, as views of its bytes.
  /// - Throws: `UserError` for anything that is not such a file, whole and without gaps.
  package static func decode(
    _ data: Data
  ) throws(UserError) -> (tensors: [StoredTensor], metadata: [String: String]) {
    guard data.count >= 8 else { throw UserError("it is shorter than its header") }
    let stated = data.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard stated <= UInt64(data.count - 8) else { throw UserError("its header is cut off") }
    guard stated <= UInt64(mostHeaderBytes) else { throw UserError("its header is too long") }
    let start = data.startIndex + 8 + Int(stated)
    let header: Header
    do {
      header = try JSONDecoder().decode(Header.self, from: data[data.startIndex + 8..<start])
    } catch { throw UserError("its header does not make sense") }

    var tensors: [StoredTensor] = []
    var expected = 0
    let ordered = header.entries.sorted {
      ($0.value.offsets, $0.key) < ($1.value.offsets, $1.key)
    }
    for (name, entry) in ordered {
      guard let type = ScalarType.allCases.first(where: { $0.safetensorsName == entry.dtype })
      else {
        throw UserError("\(quoted(name)) is of the unknown type \(quoted(entry.dtype))")
      }
      guard let count = entry.shape.checkedProduct, count <= data.count / type.size,
        entry.offsets.count == 2, entry.offsets[0] == expected,
        entry.offsets[1] == expected + type.size * count, entry.offsets[1] <= data.endIndex - start
      else { throw UserError("extent and place of \(quoted(name)) do not fit the file") }
      let bytes = data[start + expected..<start + entry.offsets[1]]
      tensors.append(
        try StoredTensor(
          name: name, shape: entry.shape, type: type, storage: bytes, offset: 0,
          strides: rowMajorStrides(entry.shape)))
      expected = entry.offsets[1]
    }
    guard expected == data.endIndex - start else {
      throw UserError("it has bytes that belong to no array")
    }
    return (tensors, header.metadata)
  }

  /// - Parameter shape: with a product that does not overflow; an empty array's strides are zero,
  ///   whose own products might.
  private static func rowMajorStrides(_ shape: [Int]) -> [Int] {
    var strides = [Int](repeating: 0, count: shape.count)
    guard !shape.contains(0) else { return strides }
    var step = 1
    for axis in shape.indices.reversed() {
      strides[axis] = step
      step *= shape[axis]
    }
    return strides
  }

  private static let metadataKey = "__metadata__"

  private struct Entry: Codable {
    var dtype: String
    var shape: [Int]
    /// First byte and the byte after the last, from the end of the header.
    var offsets: [Int]
    enum CodingKeys: String, CodingKey {
      case dtype, shape
      case offsets = "data_offsets"
    }
  }

  private struct Header: Codable {
    var metadata: [String: String]
    var entries: [String: Entry]

    struct Key: CodingKey {
      var stringValue: String
      var intValue: Int? { nil }
      init(stringValue: String) { self.stringValue = stringValue }
      init?(intValue: Int) { nil }
    }

    init(metadata: [String: String], entries: [String: Entry]) {
      (self.metadata, self.entries) = (metadata, entries)
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: Key.self)
      let special = Key(stringValue: metadataKey)
      metadata = try container.decodeIfPresent([String: String].self, forKey: special) ?? [:]
      entries = [:]
      for key in container.allKeys where key.stringValue != metadataKey {
        entries[key.stringValue] = try container.decode(Entry.self, forKey: key)
      }
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: Key.self)
      try container.encode(metadata, forKey: Key(stringValue: metadataKey))
      for (name, entry) in entries {
        try container.encode(entry, forKey: Key(stringValue: name))
      }
    }
  }
}

/// Lexicographic order of offsets, then name, so that empty arrays have a place too.
private func < (a: ([Int], String), b: ([Int], String)) -> Bool {
  if a.0 != b.0 { return a.0.lexicographicallyPrecedes(b.0) }
  return a.1 < b.1
}
