import Files
import Foundation

/// What a pickle is made of here. Containers and tensors are numbers into `PickleHeap`, so that
/// neither depth nor cycles of a hostile pickle cost more than its length.
enum PickleValue: Hashable, Sendable {
  case none
  case boolean(Bool)
  case integer(Int)
  /// An integer of more than 64 bits: two's complement, little endian.
  case wideInteger([UInt8])
  case real(Double)
  case text(String)
  case bytes
  case global(PickleGlobal)
  case tuple(Int)
  case list(Int)
  case dictionary(Int)
  /// From an element on, where the file has a view of a storage.
  case storage(Int, from: Int)
  case tensor(Int)

  /// For messages.
  var kind: String {
    switch self {
    case .none: "None"
    case .boolean: "a truth value"
    case .integer, .wideInteger, .real: "a number"
    case .text: "a text"
    case .bytes: "bytes"
    case .global: "a class or function"
    case .tuple: "a tuple"
    case .list: "a list"
    case .dictionary: "a dictionary"
    case .storage: "a storage"
    case .tensor: "a tensor"
    }
  }
}

/// The only Python names that a pickle may refer to. None of them is code to run: each stands for
/// something built here.
enum PickleGlobal: Hashable, Sendable {
  case orderedDictionary
  /// The names in PyTorch before 0.4 and since then.
  case rebuildTensor, rebuildTensorV2
  case rebuildParameter
  case storage(ScalarType)

  init?(module: String, name: String) {
    switch (module, name) {
    case ("collections", "OrderedDict"): self = .orderedDictionary
    case ("torch._utils", "_rebuild_tensor"): self = .rebuildTensor
    case ("torch._utils", "_rebuild_tensor_v2"): self = .rebuildTensorV2
    case ("torch._utils", "_rebuild_parameter"): self = .rebuildParameter
    case ("torch", _):
      guard let type = ScalarType.allCases.first(where: { $0.storageClass == name }) else {
        return nil
      }
      self = .storage(type)
    default: return nil
    }
  }
}

/// A sequence of elements of one type that tensors are views of.
struct PickledStorage: Hashable, Sendable {
  /// In the file's own notation.
  var key: String
  var type: ScalarType
  /// Elements.
  var count: Int
}

struct PickledTensor: Hashable, Sendable {
  /// Into `PickleHeap.storages`.
  var storage: Int
  /// In elements.
  var offset: Int
  var shape: [Int]
  var strides: [Int]
}

/// Everything that a pickle has built.
struct PickleHeap: Sendable {
  var tuples: [[PickleValue]] = []
  var lists: [[PickleValue]] = []
  var dictionaries: [[(key: PickleValue, value: PickleValue)]] = []
  private(set) var storages: [PickledStorage] = []
  var tensors: [PickledTensor] = []
  private var storageNumbers: [String: Int] = [:]

  /// The storage of that key: the same for all tensors that share it.
  mutating func number(of storage: PickledStorage) throws(UserError) -> Int {
    if let known = storageNumbers[storage.key] {
      guard storages[known] == storage else {
        throw UserError("it gives storage \(quoted(storage.key)) two types or sizes")
      }
      return known
    }
    storages.append(storage)
    storageNumbers[storage.key] = storages.count - 1
    return storages.count - 1
  }
}
