import Foundation

/// TFRecord framing, which TensorBoard's event files use: for each record its length (8 bytes,
/// little-endian), the length's masked CRC-32C, the record, and the record's masked CRC-32C.
///
/// https://www.tensorflow.org/tutorials/load_data/tfrecord
package enum TensorBoardRecords {
  private static let headSize = 12
  private static let tailSize = 4

  package static func frame(_ record: Data) -> Data {
    let length = bytes(UInt64(record.count))
    return length + bytes(CRC32C.masked(length)) + record + bytes(CRC32C.masked(record))
  }

  /// The records of a file up to the first that is cut off or damaged, and how many bytes they take.
  package static func read(_ file: Data) -> (records: [Data], size: Int) {
    var rest = file
    var records: [Data] = []
    while let record = first(rest) {
      records.append(record)
      rest = rest.dropFirst(headSize + record.count + tailSize)
    }
    return (records, file.count - rest.count)
  }

  private static func first(_ data: Data) -> Data? {
    let head = Data(data.prefix(headSize))
    guard head.count == headSize, bytes(CRC32C.masked(head.prefix(8))) == head.suffix(4) else {
      return nil
    }
    let length = head.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard let size = Int(exactly: length), size <= data.count - headSize - tailSize else {
      return nil
    }
    let record = Data(data.dropFirst(headSize).prefix(size))
    let tail = data.dropFirst(headSize + size).prefix(tailSize)
    return bytes(CRC32C.masked(record)) == Data(tail) ? record : nil
  }

  private static func bytes(_ value: some FixedWidthInteger) -> Data {
    Data((0..<value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) })
  }
}
