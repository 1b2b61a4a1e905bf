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
  /// A tensor that cannot be read, such as a sparse one, and of what kind it is.
  case opaqueTensor(String)
  /// An object of a class that weights do not need, by its name. It stands for what Python would make;
  /// nothing of it is run. Its contents are in `PickleHeap.objects`.
  case object(String, Int)

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
    case .opaqueTensor(let kind): "a \(printable(kind)) tensor"
    case .object(let name, _): "an object of \(printable(name))"
    }
  }

  var isTensor: Bool {
    switch self {
    case .tensor, .opaqueTensor: true
    default: false
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
  /// As elements of which type the storage's bytes are taken.
  var type: ScalarType
  /// In elements.
  var offset: Int
  var shape: [Int]
  var strides: [Int]
}

typealias PickledEntries = [(key: PickleValue, value: PickleValue)]

/// What a placeholder was given, in the place where it may hold weights.
struct PickledObject: Sendable {
  /// Set as in a dictionary, or the arguments that it was made with.
  var items: PickledEntries = []
  /// Its attributes.
  var state: PickledEntries = []
}

/// Everything that a pickle has built.
struct PickleHeap: Sendable {
  var tuples: [[PickleValue]] = []
  var lists: [[PickleValue]] = []
  var dictionaries: [PickledEntries] = []
  var objects: [PickledObject] = []
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
