import Checkpoints
import Foundation

/// `Tests/Fixtures/checkpoints`, written by `torch/checkpoints_fixtures.py`.
enum Fixtures {
  static func data(_ name: String) throws -> Data {
    try Data(
      contentsOf: URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fixtures/checkpoints/\(name)"))
  }
}

/// The line that reading ends with; nil if it succeeds, values included.
func refusal(_ data: Data) -> String? {
  do {
    for tensor in try WeightsFile(data).tensors where tensor.type.isFloatingPoint {
      _ = try tensor.values()
    }
    return nil
  } catch { return "\(error)" }
}

/// One printable line of bearable length.
func isClear(_ line: String) -> Bool {
  !line.isEmpty && line.utf8.count < 400 && line.utf8.allSatisfy { (0x20...0x7e).contains($0) }
}

/// Bytes of a pickle, put together by hand.
struct Pickle {
  private(set) var bytes: [UInt8] = [0x80, 2]

  static func integer(_ value: Int, bytes: Int) -> [UInt8] {
    (0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  func code(_ codes: String) -> Pickle { raw(Array(codes.utf8)) }

  func raw(_ more: [UInt8]) -> Pickle {
    var pickle = self
    pickle.bytes += more
    return pickle
  }

  func text(_ text: String) -> Pickle {
    code("X").raw(Self.integer(text.utf8.count, bytes: 4)).raw(Array(text.utf8))
  }

  func global(_ module: String, _ name: String) -> Pickle { code("c\(module)\n\(name)\n") }

  func integer(_ value: Int) -> Pickle { raw([0x8a, 8]).raw(Self.integer(value, bytes: 8)) }

  func integers(_ values: [Int]) -> Pickle {
    values.reduce(code("(")) { $0.integer($1) }.code("t")
  }

  /// `('storage', torch.FloatStorage, key, 'cpu', count)`
  func storage(
    _ kind: String = "FloatStorage", count: Int, key: (Pickle) -> Pickle = { $0.text("0") }
  ) -> Pickle {
    key(code("(").text("storage").global("torch", kind)).text("cpu").integer(count).code("tQ")
  }

  /// A tensor on a storage that `storage` pushes.
  func tensor(
    shape: [Int], strides: [Int], offset: Int = 0, _ storage: (Pickle) -> Pickle
  ) -> Pickle {
    storage(global("torch._utils", "_rebuild_tensor_v2").code("("))
      .integer(offset).integers(shape).integers(strides).raw([0x89]).code("NtR")
  }

  /// A dictionary of one tensor `w` of the given extent on six numbers.
  static func weights(shape: [Int], strides: [Int], offset: Int = 0) -> Data {
    archive(
      Pickle().code("}").text("w")
        .tensor(shape: shape, strides: strides, offset: offset) { $0.storage(count: 6) }.code("s."))
  }

  /// A zip file of torch.save with this pickle and storages.
  static func archive(_ pickle: Pickle, storages: [String: Int] = ["0": 24]) -> Data {
    var zip = ZipBuilder()
    zip.add("a/data.pkl", pickle.bytes)
    for (key, count) in storages { zip.add("a/data/\(key)", [UInt8](repeating: 0, count: count)) }
    return zip.data
  }
}

/// Zip files as PyTorch writes them, or with chosen lies.
struct ZipBuilder {
  struct Member {
    var name: String
    /// In its own header; nil: the same.
    var localName: String?
    var bytes: [UInt8]
    var flags = 0x0808
    var method = 0
    /// What the directory says; nil: the truth.
    var size: Int?
    var packedSize: Int?
    var header: Int?
  }
  var members: [Member] = []
  var directoryStart: Int?
  var directorySize: Int?
  var entries: Int?
  /// Write the directory's place as the 64-bit record has it.
  var isWide = false

  mutating func add(_ name: String, _ bytes: [UInt8]) {
    members.append(Member(name: name, bytes: bytes))
  }

  private static func fields(_ fields: [(Int, Int)]) -> [UInt8] {
    fields.flatMap { Pickle.integer($0.0, bytes: $0.1) }
  }

  var data: Data {
    var file: [UInt8] = []
    var headers: [Int] = []
    for member in members {
      headers.append(file.count)
      let name = Array((member.localName ?? member.name).utf8)
      file += Self.fields([
        (0x0403_4b50, 4), (0, 2), (member.flags, 2), (member.method, 2), (0, 4), (0, 4), (0, 4),
        (0, 4), (name.count, 2), (3, 2),
      ])
      file += name + [0x46, 0x42, 0] + member.bytes
      file += Self.fields([
        (0x0807_4b50, 4), (0, 4), (member.bytes.count, 4), (member.bytes.count, 4),
      ])
    }
    let start = directoryStart ?? file.count
    let begin = file.count
    for (member, header) in zip(members, headers) {
      let size = member.size ?? member.bytes.count
      file += Self.fields([
        (0x0201_4b50, 4), (0, 4), (member.flags, 2), (member.method, 2), (0, 8),
        (member.packedSize ?? size, 4), (size, 4), (member.name.utf8.count, 2), (0, 2), (0, 2),
        (0, 8), (member.header ?? header, 4),
      ])
      file += Array(member.name.utf8)
    }
    let size = directorySize ?? file.count - begin
    let count = entries ?? members.count
    if isWide {
      let record = file.count
      file += Self.fields([
        (0x0606_4b50, 4), (44, 8), (0, 4), (0, 8), (count, 8), (count, 8), (size, 8), (start, 8),
        (0x0706_4b50, 4), (0, 4), (record, 8), (1, 4),
      ])
    }
    file += Self.fields([(0x0605_4b50, 4), (0, 4)])
    file +=
      isWide
      ? Self.fields([(0xffff, 2), (0xffff, 2), (0xffff_ffff, 4), (0xffff_ffff, 4)])
      : Self.fields([(count, 2), (count, 2), (size, 4), (start, 4)])
    return Data(file + [0, 0])
  }
}
