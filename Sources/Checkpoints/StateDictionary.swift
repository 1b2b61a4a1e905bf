import Files
import Foundation

/// The tensors of a model by name, from whatever dictionary they were saved in.
struct StateDictionary {
  var tensors: [StoredTensor] = []
  /// Keys of entries that are not tensors, such as an epoch.
  var others: [String] = []

  /// Training scripts save the state dictionary under one of these keys, along with other things.
  private static let wrappers = ["state_dict", "model", "model_state_dict", "model_state"]

  /// - Parameter storages: bytes of the heap's storages.
  init(_ value: PickleValue, _ heap: PickleHeap, _ storages: [Data]) throws(UserError) {
    guard case .dictionary(let root) = value else {
      throw UserError("it holds \(value.kind), not a dictionary of tensors")
    }
    var entries = heap.dictionaries[root]
    for (key, value) in entries {
      if case (.text(let name), .dictionary(let inner)) = (key, value),
        Self.wrappers.contains(name)
      {
        others += entries.map { Self.name($0.key) }.filter { $0 != name }
        entries = heap.dictionaries[inner]
        break
      }
    }
    var names: Set<String> = []
    for (key, value) in entries {
      let name = Self.name(key)
      guard names.insert(name).inserted else {
        throw UserError("it has two entries \(quoted(name))")
      }
      guard case .tensor(let number) = value else {
        others.append(name)
        continue
      }
      let tensor = heap.tensors[number]
      tensors.append(
        try StoredTensor(
          name: name, shape: tensor.shape, type: heap.storages[tensor.storage].type,
          storage: storages[tensor.storage], offset: tensor.offset, strides: tensor.strides))
    }
    guard !tensors.isEmpty else { throw UserError("it holds no tensors") }
  }

  private static func name(_ key: PickleValue) -> String {
    Unpickler.key(key) ?? key.kind
  }
}
