import Foundation

/// XXH64 with seed 0, 16 hexadecimal digits
/// (https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md). It runs at the speed of memory
/// and finds accidental changes; it is no protection from someone who means to forge a file.
package func xxh64(_ values: [some BitwiseCopyable]) -> String {
  values.withUnsafeBytes { hexadecimal(hash($0)) }
}

package func xxh64(_ data: Data) -> String {
  data.withUnsafeBytes { hexadecimal(hash($0)) }
}

private func hexadecimal(_ value: UInt64) -> String {
  let digits = String(value, radix: 16)
  return String(repeating: "0", count: 16 - digits.count) + digits
}

private let (prime1, prime2): (UInt64, UInt64) = (0x9e37_79b1_85eb_ca87, 0xc2b2_ae3d_27d4_eb4f)
private let (prime3, prime4): (UInt64, UInt64) = (0x1656_67b1_9e37_79f9, 0x85eb_ca77_c2b2_ae63)
private let prime5: UInt64 = 0x27d4_eb2f_1656_67c5

private func rotated(_ word: UInt64, _ bits: UInt64) -> UInt64 {
  word << bits | word >> (64 - bits)
}

private func mixed(_ lane: UInt64, _ word: UInt64) -> UInt64 {
  rotated(lane &+ word &* prime2, 31) &* prime1
}

private func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
  func word(_ offset: Int) -> UInt64 {
    UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }
  var (offset, sum) = (0, prime5)
  if bytes.count >= 32 {
    var (a, b, c, d) = (prime1 &+ prime2, prime2, UInt64(0), 0 &- prime1)
    while offset + 32 <= bytes.count {
      (a, b) = (mixed(a, word(offset)), mixed(b, word(offset + 8)))
      (c, d) = (mixed(c, word(offset + 16)), mixed(d, word(offset + 24)))
      offset += 32
    }
    sum = rotated(a, 1) &+ rotated(b, 7) &+ rotated(c, 12) &+ rotated(d, 18)
    for lane in [a, b, c, d] { sum = (sum ^ mixed(0, lane)) &* prime1 &+ prime4 }
  }
  sum &+= UInt64(bytes.count)
  return finished(sum, UnsafeRawBufferPointer(rebasing: bytes[offset...]))
}

/// - Parameter rest: fewer than 32 bytes.
private func finished(_ sum: UInt64, _ rest: UnsafeRawBufferPointer) -> UInt64 {
  var (sum, offset) = (sum, 0)
  while offset + 8 <= rest.count {
    let word = UInt64(littleEndian: rest.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    sum = rotated(sum ^ mixed(0, word), 27) &* prime1 &+ prime4
    offset += 8
  }
  if offset + 4 <= rest.count {
    let word = UInt32(littleEndian: rest.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    sum = rotated(sum ^ UInt64(word) &* prime1, 23) &* prime2 &+ prime3
    offset += 4
  }
  for byte in rest[offset...] { sum = rotated(sum ^ UInt64(byte) &* prime5, 11) &* prime1 }
  sum = (sum ^ sum >> 33) &* prime2
  sum = (sum ^ sum >> 29) &* prime3
  return sum ^ sum >> 32
}
