import Files
import Foundation

/// The tensors of a model by name, from whatever they were saved in.
struct StateDictionary {
  var tensors: [StoredTensor] = []
  /// Tensors of kinds that are not read, such as `sparse`, by name.
  var unreadable: [String: String] = [:]
  /// Keys of entries that are not tensors, such as an epoch.
  var others: [String] = []
  /// Where the tensors were found, in Python's notation; empty for the outermost dictionary.
  var place = ""

  /// - Parameter storages: bytes of the heap's storages.
  init(_ value: PickleValue, _ heap: PickleHeap, _ storages: [Data]) throws(UserError) {
    let search = WeightsSearch(heap)
    let found = try search.find(in: value)
    place = found.path.map(\.python).joined()
    others = found.beside.map(WeightsSearch.text)
    guard search.mayHoldWeights(found.value) else { throw Self.nothing(in: value, search) }
    var names: Set<String> = []
    for (key, value) in search.entries(found.value) {
      let name = WeightsSearch.text(key)
      guard names.insert(name).inserted else {
        throw UserError("it has two entries \(quoted(name))")
      }
      switch value {
      case .tensor(let number):
        let tensor = heap.tensors[number]
        tensors.append(
          try StoredTensor(
            name: name, shape: tensor.shape, type: tensor.type, storage: storages[tensor.storage],
            offset: tensor.offset, strides: tensor.strides))
      case .opaqueTensor(let kind): unreadable[name] = kind
      default: others.append(name)
      }
    }
    guard !tensors.isEmpty else { throw Self.nothing(in: value, search) }
  }

  // MARK: Files without weights

  private static func nothing(in value: PickleValue, _ search: WeightsSearch) -> UserError {
    let entries = search.entries(value)
    switch value {
    case .object where search.isModule(value) || entries.isEmpty:
      return UserError("it holds \(value.kind), a whole model perhaps; save its state_dict()")
    case .dictionary, .object:
      return UserError("it holds no tensors" + contents(entries, search))
    default:
      return UserError("it holds \(value.kind), not a dictionary of tensors")
    }
  }

  /// The names of entries, and of those in them.
  private static func contents(_ entries: PickledEntries, _ search: WeightsSearch) -> String {
    if entries.isEmpty { return "" }
    let most = 4
    let names = entries.prefix(most).map { key, value in
      "\(name(key, atMost: 24)) (\(description(value, search)))"
    }
    let isModel = entries.prefix(most).contains { search.isModule($0.value) }
    return "; its entries are \(names.joined(separator: ", "))"
      + (entries.count > most ? ", ..." : "")
      + (isModel ? "; save the model's state_dict()" : "")
  }

  private static func name(_ key: PickleValue, atMost count: Int) -> String {
    quoted(String(WeightsSearch.text(key).prefix(count)))
  }

  private static func description(_ value: PickleValue, _ search: WeightsSearch) -> String {
    let kind = String(value.kind.prefix(48))
    if search.isModule(value) { return kind + ", a whole model" }
    guard case .dictionary = value else { return kind }
    let inner = search.entries(value)
    if inner.isEmpty { return kind }
    return kind + " of " + inner.prefix(2).map { name($0.key, atMost: 16) }.joined(separator: ", ")
      + (inner.count > 2 ? ", ..." : "")
  }
}
