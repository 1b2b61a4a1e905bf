import Foundation
import Tensors

extension RandomSource {
  mutating func element<Values: Collection>(of values: Values) -> Values.Element {
    values[values.index(values.startIndex, offsetBy: below(values.count))]
  }

  /// A part of `0..<count`, mostly a short one; traps if the count is 0.
  mutating func range(in count: Int) -> Range<Int> {
    let start = below(count)
    let most = min(count - start, below(4) == 0 ? count : 16)
    return start..<start + 1 + below(max(1, most))
  }
}

/// Numbers at which arithmetic goes wrong.
enum MagicNumbers {
  static let integers: [Int] = [
    0, 1, -1, 2, 3, 7, 8, 15, 16, 31, 32, 63, 64, 100, 127, 128, 255, 256, 257, 1000, 1024, 4096,
    32_767, 32_768, 65_535, 65_536, 1 << 20, (1 << 24) - 1, 1 << 24, (1 << 31) - 1, 1 << 31,
    (1 << 32) - 1, 1 << 32, 1 << 40, 1 << 52, 1 << 53, 1 << 61, 1 << 62, .max, .min, .max - 1,
  ]
  static let texts = [
    "0", "1", "-1", "-0", "0.0", "1e0", "2", "3", "255", "256", "65536", "nan", "inf", "-inf",
    "1e300",
    "-1e300", "1e-320", "1e999", "9007199254740993", "9223372036854775807", "9223372036854775808",
    "-9223372036854775808", "18446744073709551615", "18446744073709551616", "1e19", "4294967296",
    "2147483648", "0x10", "1_000", "0.5", ".5", "5.", "1.7976931348623157e308",
    "99999999999999999999999",
    "٣", "1٫5", "+7", "00012", "1e", "--1", "0.1", "100000000", "4097", "true", "null", "NaN",
  ]
}

/// Changes that know nothing of the format.
struct ByteMutator: Mutator {
  func mutate(_ input: Data, with other: Data, _ random: inout RandomSource) -> Data {
    var bytes = [UInt8](input)
    guard !bytes.isEmpty else { return Data([UInt8(random.below(256))]) }
    switch random.below(10) {
    case 0, 1:
      for _ in 0...random.below(4) { bytes[random.below(bytes.count)] ^= 1 << random.below(8) }
    case 2: bytes[random.below(bytes.count)] = UInt8(random.below(256))
    case 3, 4: overwrite(&bytes, &random)
    case 5: bytes.removeSubrange(random.range(in: bytes.count))
    case 6:
      let part = Array(bytes[random.range(in: bytes.count)])
      for _ in 0...random.below(3) { bytes.insert(contentsOf: part, at: random.below(bytes.count)) }
    case 7: splice(&bytes, [UInt8](other), &random)
    case 8: bytes.removeLast(min(bytes.count, 1 + random.below(bytes.count)))
    default:
      let range = random.range(in: bytes.count)
      let value = random.element(of: [0, 0xff, 0x80, 0x7f, UInt8(random.below(256))])
      for index in range { bytes[index] = value }
    }
    return Data(bytes)
  }

  /// With a number of 1, 2, 4 or 8 bytes in either order.
  private func overwrite(_ bytes: inout [UInt8], _ random: inout RandomSource) {
    let size = random.element(of: [1, 2, 4, 8])
    let number = random.element(of: MagicNumbers.integers)
    guard bytes.count >= size else { return }
    let start = random.below(bytes.count - size + 1)
    let isBig = random.below(2) == 0
    for place in 0..<size {
      let shift = 8 * (isBig ? size - 1 - place : place)
      bytes[start + place] = UInt8(truncatingIfNeeded: number >> shift)
    }
  }

  private func splice(_ bytes: inout [UInt8], _ other: [UInt8], _ random: inout RandomSource) {
    guard !other.isEmpty else { return }
    let part = other[random.range(in: other.count)]
    let start = random.below(bytes.count)
    if random.below(2) == 0 {
      bytes.insert(contentsOf: part, at: start)
    } else {
      bytes.replaceSubrange(start..<min(bytes.count, start + part.count), with: part)
    }
  }
}

/// Either of two ways, the first in the given part of cases.
struct MixedMutator: Mutator {
  let first: any Mutator
  let second: any Mutator
  /// Of ten.
  let part: Int

  init(_ first: any Mutator, _ second: any Mutator, part: Int = 7) {
    (self.first, self.second, self.part) = (first, second, part)
  }

  func mutate(_ input: Data, with other: Data, _ random: inout RandomSource) -> Data {
    random.below(10) < part
      ? first.mutate(input, with: other, &random) : second.mutate(input, with: other, &random)
  }
}
