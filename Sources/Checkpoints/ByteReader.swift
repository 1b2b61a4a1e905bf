import Files
import Foundation

/// Reads little-endian fields one after another, never beyond the end.
struct ByteReader {
  private let data: Data
  /// From the start of the data.
  private(set) var position: Int
  /// What an error calls the data, such as `its pickle`.
  private let what: String

  init(_ data: Data, at position: Int = 0, what: String) {
    precondition((0...data.count).contains(position))
    (self.data, self.position, self.what) = (data, position, what)
  }

  var remaining: Int { data.count - position }

  mutating func bytes(_ count: Int) throws(UserError) -> Data {
    guard count >= 0, count <= remaining else { throw UserError("\(what) is cut off") }
    let start = data.startIndex + position
    position += count
    return data[start..<start + count]
  }

  mutating func byte() throws(UserError) -> UInt8 {
    guard remaining > 0 else { throw UserError("\(what) is cut off") }
    position += 1
    return data[data.startIndex + position - 1]
  }

  /// An unsigned number of up to eight bytes.
  mutating func unsigned(_ count: Int) throws(UserError) -> UInt64 {
    try bytes(count).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// An unsigned number that must be a count or an offset in memory.
  mutating func size(_ count: Int) throws(UserError) -> Int {
    guard let size = Int(exactly: try unsigned(count)) else {
      throw UserError("\(what) states an impossible size")
    }
    return size
  }

  /// Up to the next line feed, which is skipped.
  mutating func line(atMost limit: Int) throws(UserError) -> String {
    var line: [UInt8] = []
    while true {
      let next = try byte()
      if next == UInt8(ascii: "\n") { break }
      line.append(next)
      guard line.count <= limit else { throw UserError("\(what) has a name that does not end") }
    }
    return try Self.text(line, what)
  }

  mutating func text(_ count: Int) throws(UserError) -> String {
    try Self.text(bytes(count), what)
  }

  private static func text(
    _ bytes: some Sequence<UInt8>, _ what: String
  ) throws(UserError) -> String {
    guard let text = String(validating: Array(bytes), as: UTF8.self) else {
      throw UserError("\(what) holds text that is not UTF-8")
    }
    return text
  }
}
