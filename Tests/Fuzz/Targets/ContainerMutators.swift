import Checkpoints
import Foundation
import Tensors

/// Changes the members of a zip file, whose checksums and directory are made anew.
struct ZipMutator: Mutator {
  /// What changes a member of that name.
  let member: @Sendable (String) -> any Mutator

  func mutate(_ input: Data, with other: Data, _ random: inout RandomSource) -> Data {
    guard var members = Self.members(input), !members.isEmpty else {
      return ByteMutator().mutate(input, with: other, &random)
    }
    let place = random.below(members.count)
    switch random.below(8) {
    case 0: members.remove(at: place)
    case 1: members.insert(members[place], at: random.below(members.count))
    case 2: members[place].name = members[random.below(members.count)].name
    case 3: members[place].contents = members[random.below(members.count)].contents
    default:
      let (name, contents) = members[place]
      let foreign = Self.members(other)?.first { $0.name == name }?.contents ?? contents
      members[place].contents = member(name).mutate(contents, with: foreign, &random)
    }
    return storedZip(members)
  }

  private static func members(_ file: Data) -> [(name: String, contents: Data)]? {
    guard let archive = try? ZipArchive(file) else { return nil }
    return archive.names.compactMap { name in
      (try? archive.contents(of: name)).flatMap { $0 }.map { (name, $0) }
    }
  }
}

/// A zip file whose members are not compressed.
func storedZip(_ members: [(name: String, contents: Data)]) -> Data {
  var (data, directory) = (Data(), Data())
  for (name, contents) in members {
    var fields = Data()
    for value in [20, 0, 0, 0, 0x21] { fields.appendLittle(value, bytes: 2) }
    for value in [Int(crc32(contents)), contents.count, contents.count] {
      fields.appendLittle(value, bytes: 4)
    }
    fields.appendLittle(name.utf8.count, bytes: 2)
    fields.appendLittle(0, bytes: 2)
    directory.appendLittle(0x0201_4b50, bytes: 4)
    directory.appendLittle(20, bytes: 2)
    directory += fields + Data(count: 10)
    directory.appendLittle(data.count, bytes: 4)
    directory += Data(name.utf8)
    data.appendLittle(0x0403_4b50, bytes: 4)
    data += fields + Data(name.utf8) + contents
  }
  let start = data.count
  data += directory
  data.appendLittle(0x0605_4b50, bytes: 4)
  data.appendLittle(0, bytes: 4)
  for _ in 0..<2 { data.appendLittle(members.count, bytes: 2) }
  data.appendLittle(directory.count, bytes: 4)
  data.appendLittle(start, bytes: 4)
  data.appendLittle(0, bytes: 2)
  return data
}

/// Changes a header of text behind its length, which is made to fit.
struct HeaderMutator: Mutator {
  /// Bytes before the length, and those of the length, little endian.
  let before: Int
  let lengthBytes: Int
  let text: TextMutator

  func mutate(_ input: Data, with other: Data, _ random: inout RandomSource) -> Data {
    let bytes = [UInt8](input)
    let start = before + lengthBytes
    guard bytes.count >= start else { return ByteMutator().mutate(input, with: other, &random) }
    let stated = bytes[before..<start].reversed().reduce(0) { $0 &<< 8 | Int($1) }
    let end = max(start, min(bytes.count, start &+ max(0, stated)))
    let header = text.mutate(Data(bytes[start..<end]), with: Data(bytes[start..<end]), &random)
    var data = Data(bytes[..<before])
    data.appendLittle(header.count, bytes: lengthBytes)
    return data + header + bytes[end...]
  }

  static let npy = HeaderMutator(
    before: 8, lengthBytes: 2,
    text: TextMutator(words: [
      "'descr'", "'shape'", "'fortran_order'", "True", "False", "'<f4'", "'|u1'", "'<i4'", "'<i8'",
      "'<f8'", "'>f4'", "(", ")", ",", "(0, 4611686018427387904, 4611686018427387904)",
    ]))

  static let safetensors = HeaderMutator(
    before: 0, lengthBytes: 8,
    text: TextMutator(
      words: [
        "\"dtype\"", "\"shape\"", "\"data_offsets\"", "\"__metadata__\"", "\"F32\"", "\"BF16\"",
        "\"I64\"", "[]", "{}", "null", "[0,0]", "[0,4611686018427387904,4611686018427387904]",
      ], nesting: [("[", "]"), ("{\"a\":", "}")]))
}

/// Changes a pickle by its instructions.
struct PickleMutator: Mutator {
  func mutate(_ input: Data, with other: Data, _ random: inout RandomSource) -> Data {
    guard random.below(3) > 0 else { return ByteMutator().mutate(input, with: other, &random) }
    var bytes = [UInt8](input)
    let place = random.below(bytes.count + 1)
    let part = random.element(of: Self.instructions)
    let copies = random.element(of: [1, 1, 1, 3, 50, 3000])
    bytes.insert(contentsOf: (0..<copies).flatMap { _ in part }, at: place)
    return Data(bytes)
  }

  private static let instructions: [[UInt8]] =
    [
      "(", "0", "1", "R", "b", "Q", ")", "t", "]", "l", "a", "e", "}", "d", "s", "u", "N", ".",
      "q\u{0}",
      "h\u{0}", "h\u{1}", "h\u{5}", "(h\u{1}t", "ccollections\nOrderedDict\n)R", "K\u{7f}", "](e",
      "}(u",
      "ctorch._utils\n_rebuild_tensor_v2\n", "ctorch\nFloatStorage\n", "cargparse\nNamespace\n)",
      "X\u{3}\u{0}\u{0}\u{0}abc", "U\u{1}x",
    ].map { Array($0.utf8) } + [
      [0x80, 2], [0x85], [0x86], [0x87], [0x88], [0x89], [0x81], [0x93], [0x94],
      [0x8a, 8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f],
      [0x8a, 8, 0, 0, 0, 0, 0, 0, 0, 0x80],
      [0x8a, 0], [0x8a, 1, 0xff], [0x4a, 0xff, 0xff, 0xff, 0xff], [0x4a, 0, 0, 0, 0x80],
      [0x8d, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f], [0x58, 0xff, 0xff, 0xff, 0xff],
      [0x6a, 0xff, 0xff, 0xff, 0xff], [0x72, 0xff, 0xff, 0xff, 0xff], [0x42, 0, 0, 0, 0],
      [0x47, 0x7f, 0xf0, 0, 0, 0, 0, 0, 0], [0x95, 0, 0, 0, 0, 0, 0, 0, 0],
    ]
}
