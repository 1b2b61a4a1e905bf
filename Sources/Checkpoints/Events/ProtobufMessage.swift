import Foundation

/// Writes the fields of a protocol buffer message in its binary encoding.
///
/// https://protobuf.dev/programming-guides/encoding
struct ProtobufMessage {
  private(set) var data = Data()

  private enum Wire: UInt64 {
    case varint = 0
    case eightBytes = 1
    case lengthDelimited = 2
    case fourBytes = 5
  }

  mutating func add(_ field: UInt64, _ value: Int) {
    key(field, .varint)
    varint(UInt64(bitPattern: Int64(value)))
  }

  mutating func add(_ field: UInt64, _ value: Double) {
    key(field, .eightBytes)
    fixed(value.bitPattern)
  }

  mutating func add(_ field: UInt64, _ value: Float) {
    key(field, .fourBytes)
    fixed(value.bitPattern)
  }

  mutating func add(_ field: UInt64, _ value: Data) {
    key(field, .lengthDelimited)
    varint(UInt64(value.count))
    data += value
  }

  mutating func add(_ field: UInt64, _ value: String) { add(field, Data(value.utf8)) }

  mutating func add(_ field: UInt64, _ value: ProtobufMessage) { add(field, value.data) }

  private mutating func key(_ field: UInt64, _ wire: Wire) { varint(field << 3 | wire.rawValue) }

  private mutating func varint(_ value: UInt64) {
    var value = value
    while value >= 0x80 {
      data.append(UInt8(truncatingIfNeeded: value) | 0x80)
      value >>= 7
    }
    data.append(UInt8(value))
  }

  private mutating func fixed(_ value: some FixedWidthInteger) {
    for byte in 0..<value.bitWidth / 8 {
      data.append(UInt8(truncatingIfNeeded: value >> (8 * byte)))
    }
  }
}
