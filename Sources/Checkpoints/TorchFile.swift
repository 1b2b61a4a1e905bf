import Files
import Foundation

/// What `torch.save` writes, in its zip format (PyTorch 1.6 and later) and in the earlier one.
/// https://github.com/pytorch/pytorch/blob/main/torch/serialization.py
enum TorchFile {
  /// A zip file: `<root>/data.pkl` and one member `<root>/data/<key>` per storage.
  static func readZip(_ data: Data) throws(UserError) -> StateDictionary {
    let members = try ZipArchive(data).storedMembers()
    let pickles = members.keys.filter { $0.hasSuffix("/data.pkl") && $0.count { $0 == "/" } == 1 }
    guard pickles.count == 1, let name = pickles.first, let pickle = members[name] else {
      throw UserError("it is a zip file, but not from torch.save: it lacks data.pkl")
    }
    let root = name.dropLast("data.pkl".count)
    guard members[root + "constants.pkl"] == nil else {
      throw UserError("it is a TorchScript archive; save the model's state_dict() instead")
    }
    if let order = members[root + "byteorder"], !order.elementsEqual("little".utf8) {
      throw UserError("its numbers are not little endian; save it on another machine")
    }
    var unpickler = Unpickler(pickle)
    let value = try unpickler.read()
    guard unpickler.position == pickle.count else {
      throw UserError("something follows its pickle")
    }
    var storages: [Data] = []
    for storage in unpickler.heap.storages {
      guard let bytes = members[root + "data/" + storage.key] else {
        throw UserError("storage \(quoted(storage.key)) is missing")
      }
      try check(storage, has: bytes.count)
      storages.append(bytes)
    }
    return try StateDictionary(value, unpickler.heap, storages)
  }

  /// Five pickles (a magic number, a version, the machine, the object, the storages' keys), then
  /// each storage as its number of elements and their bytes.
  static func readLegacy(_ data: Data) throws(UserError) -> StateDictionary {
    var unpickler = Unpickler(data)
    // 0x1950a86a20f9469cfc6c
    let magic: [UInt8] = [0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19]
    guard try unpickler.read() == .wideInteger(magic) else {
      throw UserError("it is a pickle, but not from torch.save")
    }
    guard try unpickler.read() == .integer(1001) else {
      throw UserError("its format version is not 1001")
    }
    let machine = try unpickler.read()
    guard case .dictionary(let number) = machine else {
      throw Unpickler.unexpected("the machine is \(machine.kind)")
    }
    let facts = unpickler.heap.dictionaries[number]
    guard facts.contains(where: { $0.key == .text("little_endian") && $0.value == .boolean(true) })
    else {
      throw UserError("its numbers are not little endian; save it on another machine")
    }
    let value = try unpickler.read()
    let storages = try legacyStorages(&unpickler, in: data)
    return try StateDictionary(value, unpickler.heap, storages)
  }

  private static func legacyStorages(
    _ unpickler: inout Unpickler, in data: Data
  ) throws(UserError) -> [Data] {
    let list = try unpickler.read()
    guard case .list(let number) = list else {
      throw Unpickler.unexpected("the storages' keys are \(list.kind)")
    }
    let storages = unpickler.heap.storages
    var numbers: [String: Int] = [:]
    for (number, storage) in storages.enumerated() { numbers[storage.key] = number }
    var reader = ByteReader(data, at: unpickler.position, what: "its last storage")
    var found = [Data?](repeating: nil, count: storages.count)
    for value in unpickler.heap.lists[number] {
      guard let key = Unpickler.key(value), let number = numbers[key], found[number] == nil else {
        throw Unpickler.unexpected("a storage that no tensor is made of, or one twice")
      }
      let storage = storages[number]
      guard try reader.size(8) == storage.count else {
        throw UserError("storage \(quoted(key)) does not have the stated size")
      }
      let (count, overflow) = storage.count.multipliedReportingOverflow(by: storage.type.size)
      found[number] = try reader.bytes(overflow ? Int.max : count)
    }
    guard reader.remaining == 0 else { throw UserError("something follows its last storage") }
    var complete: [Data] = []
    for (bytes, storage) in zip(found, storages) {
      guard let bytes else { throw UserError("storage \(quoted(storage.key)) is missing") }
      complete.append(bytes)
    }
    return complete
  }

  private static func check(_ storage: PickledStorage, has bytes: Int) throws(UserError) {
    guard bytes / storage.type.size == storage.count, bytes % storage.type.size == 0 else {
      throw UserError(
        "storage \(quoted(storage.key)) should hold \(storage.count) \(storage.type) numbers, but "
          + "has \(bytes) bytes")
    }
  }
}
