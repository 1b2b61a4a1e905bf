import Foundation

/// CRC-32C (Castagnoli), the checksum of TFRecord files: RFC 3720, appendix B.4.
package enum CRC32C {
  /// 0x82F63B78 is the polynomial 0x1EDC6F41 with its bits reversed.
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { value, _ in
      value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1
    }
  }

  package static func checksum(_ data: Data) -> UInt32 {
    ~data.reduce(UInt32.max) { crc, byte in
      table[Int((crc ^ UInt32(byte)) & 0xFF)] ^ crc >> 8
    }
  }

  /// As TFRecord files store it: rotated and moved, so that a record that holds a checksum has
  /// another one itself.
  static func masked(_ data: Data) -> UInt32 {
    let crc = checksum(data)
    return (crc >> 15 | crc << 17) &+ 0xA282_EAD8
  }
}
