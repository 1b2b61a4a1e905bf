import Foundation
import Tensors

/// CRC-32 as in PNG and zip files.
func crc32(_ bytes: some Sequence<UInt8>) -> UInt32 {
  var crc: UInt32 = 0xffff_ffff
  for byte in bytes { crc = crcTable[Int((crc ^ UInt32(byte)) & 0xff)] ^ (crc >> 8) }
  return ~crc
}

private let crcTable: [UInt32] = (0..<256).map { start in
  (0..<8).reduce(UInt32(start)) { crc, _ in crc & 1 == 1 ? 0xedb8_8320 ^ (crc >> 1) : crc >> 1 }
}

extension Data {
  mutating func appendBig(_ number: UInt32) {
    append(contentsOf: (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) })
  }

  mutating func appendLittle(_ number: Int, bytes: Int) {
    append(contentsOf: (0..<bytes).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) })
  }
}

/// A PNG file as its chunks, whose checksums are made anew.
struct PNGParts {
  var chunks: [(name: Data, body: Data)] = []

  static let signature = Data([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

  /// As many chunks as can be told apart.
  init(_ file: Data) {
    let bytes = [UInt8](file)
    var position = 8
    while position + 12 <= bytes.count {
      let length = bytes[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
      let end = min(position + 8 + length, bytes.count - 4)
      guard end >= position + 8 else { break }
      chunks.append((Data(bytes[position + 4..<position + 8]), Data(bytes[position + 8..<end])))
      position = end + 4
    }
  }

  /// An image whose samples are stored uncompressed, so that they can be changed and read again.
  init(
    width: Int, height: Int, depth: UInt8, type: UInt8, interlaced: Bool,
    _ random: inout RandomSource
  ) {
    var header = Data()
    header.appendBig(UInt32(width))
    header.appendBig(UInt32(height))
    header += [depth, type, 0, 0, interlaced ? 1 : 0]
    chunks.append((Data("IHDR".utf8), header))
    if type == 3 {
      let entries = 1 + random.below(256)
      let isGray = random.below(2) == 0
      let palette = (0..<entries).flatMap { index -> [UInt8] in
        isGray
          ? Array(repeating: UInt8((index * 37 + 5) % 256), count: 3)
          : (0..<3).map { _ in UInt8(random.below(256)) }
      }
      chunks.append((Data("PLTE".utf8), Data(palette)))
      if random.below(3) == 0 { chunks.append((Data("tRNS".utf8), Data([0, 128]))) }
    }
    let channels = [0: 1, 2: 3, 3: 1, 4: 2, 6: 4][Int(type)] ?? 1
    let row = (width * channels * Int(depth) + 7) / 8
    // An interlaced image has at most twice as many rows, and a filter byte for each.
    let count = interlaced ? 2 * (row + 1) * height + 64 : (row + 1) * height
    let most = type == 3 ? 1 << min(Int(depth), 4) : 34
    var raw = [UInt8](repeating: 0, count: count)
    for index in raw.indices where index % (row + 1) != 0 { raw[index] = UInt8(random.below(most)) }
    chunks.append((Data("IDAT".utf8), Self.stored(raw)))
    chunks.append((Data("IEND".utf8), Data()))
  }

  /// A zlib stream without compression.
  static func stored(_ raw: [UInt8]) -> Data {
    var data = Data([0x78, 0x01])
    var start = 0
    repeat {
      let end = min(start + 65_535, raw.count)
      data.append(end == raw.count ? 1 : 0)
      data.appendLittle(end - start, bytes: 2)
      data.appendLittle(~(end - start), bytes: 2)
      data += raw[start..<end]
      start = end
    } while start < raw.count
    var (a, b): (UInt32, UInt32) = (1, 0)
    for byte in raw {
      a = (a + UInt32(byte)) % 65_521
      b = (b + a) % 65_521
    }
    data.appendBig(b << 16 | a)
    return data
  }

  var file: Data {
    var data = Self.signature
    for (name, body) in chunks {
      data.appendBig(UInt32(body.count))
      data += name + body
      data.appendBig(crc32(name + body))
    }
    return data
  }
}

/// Changes chunks and header fields, or makes an image of any type and depth.
struct PNGMutator: Mutator {
  func mutate(_ input: Data, with other: Data, _ random: inout RandomSource) -> Data {
    if random.below(3) == 0 { return made(&random) }
    var parts = PNGParts(input)
    guard !parts.chunks.isEmpty else { return made(&random) }
    let place = random.below(parts.chunks.count)
    switch random.below(6) {
    case 0: changeHeader(&parts, &random)
    case 1: parts.chunks.remove(at: place)
    case 2: parts.chunks.insert(parts.chunks[random.below(parts.chunks.count)], at: place)
    case 3:
      if let foreign = PNGParts(other).chunks.randomElement(using: &random) {
        parts.chunks.insert(foreign, at: place)
      }
    case 4:
      let names = ["tRNS", "gAMA", "sBIT", "PLTE", "IDAT", "IEND", "iCCP", "zTXt", "bKGD", "eXIf"]
      parts.chunks[place].name = Data(random.element(of: names).utf8)
    default:
      parts.chunks[place].body = ByteMutator().mutate(
        parts.chunks[place].body, with: other, &random)
    }
    return parts.file
  }

  private func made(_ random: inout RandomSource) -> Data {
    let kinds: [(UInt8, [UInt8])] = [
      (0, [1, 2, 4, 8, 16]), (2, [8, 16]), (3, [1, 2, 4, 8]), (4, [8, 16]), (6, [8, 16]),
    ]
    let (type, depths) = random.element(of: kinds)
    let sides = [1, 2, 3, 7, 8, 9, 16, 17, 33]
    return PNGParts(
      width: random.element(of: sides), height: random.element(of: sides),
      depth: random.element(of: depths), type: type, interlaced: random.below(3) == 0, &random
    ).file
  }

  private func changeHeader(_ parts: inout PNGParts, _ random: inout RandomSource) {
    guard let index = parts.chunks.firstIndex(where: { $0.body.count == 13 }) else { return }
    var header = [UInt8](parts.chunks[index].body)
    if random.below(2) == 0 {
      let number = random.element(of: MagicNumbers.integers)
      let start = random.element(of: [0, 4])
      for byte in 0..<4 {
        header[start + byte] = UInt8(truncatingIfNeeded: number >> (24 - 8 * byte))
      }
    } else {
      header[8 + random.below(5)] = random.element(of: [0, 1, 2, 3, 4, 6, 8, 16, 255])
    }
    parts.chunks[index].body = Data(header)
  }
}
