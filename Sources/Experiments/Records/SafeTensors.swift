import Foundation

/// The safetensors format (https://github.com/huggingface/safetensors#format), Float32 only:
/// the header's length (8 bytes, little endian), a JSON header, the arrays one after the other.
package enum SafeTensors {
  /// Writes atomically.
  /// - Throws: `UserError` if the file cannot be written or an array's shape is not its count.
  package static func write(
    _ arrays: [NamedArray], metadata: [String: String], to url: URL
  ) throws {
    var entries: [String: Entry] = [:]
    var end = 0
    for array in arrays {
      guard array.shape.checkedProduct == array.values.count, array.name != metadataKey,
        entries[array.name] == nil
      else {
        throw UserError(
          path: url.path,
          problem: "array \(array.name) \(array.shape) of \(array.values.count) cannot be stored")
      }
      let bytes = array.values.count * MemoryLayout<Float>.size
      entries[array.name] = Entry(dtype: "F32", shape: array.shape, offsets: [end, end + bytes])
      end += bytes
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var header = try encoder.encode(Header(metadata: metadata, entries: entries))
    header.append(Data(repeating: 0x20, count: (8 - header.count % 8) % 8))
    var data = Data(capacity: 8 + header.count + end)
    withUnsafeBytes(of: UInt64(header.count).littleEndian) { data.append(contentsOf: $0) }
    data.append(header)
    for array in arrays { array.values.withUnsafeBytes { data.append(contentsOf: $0) } }
    try AtomicFile.write(data, to: url)
  }

  /// Arrays in the order of the file.
  /// - Throws: `UserError` naming the file for anything that is not such a file.
  package static func read(
    _ url: URL
  ) throws -> (arrays: [NamedArray], metadata: [String: String]) {
    let data = try AtomicFile.read(url)
    func damaged(_ what: String) -> UserError {
      UserError(path: url.path, problem: "is not a readable safetensors file: \(what)")
    }
    guard data.count >= 8 else { throw damaged("shorter than its header") }
    let stated = data.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard stated <= UInt64(data.count - 8) else { throw damaged("its header is cut off") }
    let start = 8 + Int(stated)
    let header: Header
    do {
      header = try JSONDecoder().decode(
        Header.self, from: data[data.startIndex + 8..<data.startIndex + start])
    } catch { throw damaged("its header does not make sense") }

    var arrays: [NamedArray] = []
    var expected = 0
    let ordered = header.entries.sorted {
      ($0.value.offsets, $0.key) < ($1.value.offsets, $1.key)
    }
    for (name, entry) in ordered {
      guard entry.dtype == "F32" else { throw damaged("\(name) is \(entry.dtype), not F32") }
      guard let count = entry.shape.checkedProduct, count <= data.count / 4,
        entry.offsets.count == 2, entry.offsets[0] == expected,
        entry.offsets[1] == expected + 4 * count, entry.offsets[1] <= data.count - start
      else { throw damaged("extent and place of \(name) do not fit the file") }
      let values = [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
        let from = data.startIndex + start + expected
        data[from..<from + 4 * count].withUnsafeBytes {
          UnsafeMutableRawBufferPointer(buffer).copyMemory(from: $0)
        }
        initialized = count
      }
      arrays.append(NamedArray(name: name, shape: entry.shape, values: values))
      expected += 4 * count
    }
    guard expected == data.count - start else { throw damaged("bytes that belong to no array") }
    return (arrays, header.metadata)
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
