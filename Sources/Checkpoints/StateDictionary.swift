import Files
import Foundation

/// The tensors of a model by name, from whatever dictionary they were saved in.
struct StateDictionary {
  var tensors: [StoredTensor] = []
  /// Keys of entries that are not tensors, such as an epoch.
  var others: [String] = []

  /// Training scripts save the state dictionary under one of these keys, along with other things.
  private static let wrappers = [
    "state_dict", "model", "model_state_dict", "model_state", "net", "network", "params", "weights",
    "module", "net_state_dict", "network_state_dict", "model_weights", "params_ema",
  ]

  /// - Parameter storages: bytes of the heap's storages.
  init(_ value: PickleValue, _ heap: PickleHeap, _ storages: [Data]) throws(UserError) {
    guard case .dictionary(let root) = value else {
      if case .object = value {
        throw UserError("it holds \(value.kind), a whole model perhaps; save its state_dict()")
      }
      throw UserError("it holds \(value.kind), not a dictionary of tensors")
    }
    var entries = heap.dictionaries[root]
    // One dictionary in another, and that in a third: no script saves more.
    for _ in 0..<3 {
      guard let (name, inner) = try Self.wrapped(entries, heap) else { break }
      others += entries.map { Self.name($0.key) }.filter { $0 != name }
      entries = heap.dictionaries[inner]
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
    guard !tensors.isEmpty else { throw UserError("it holds no tensors" + Self.contents(entries)) }
  }

  private typealias Entries = [(key: PickleValue, value: PickleValue)]

  private static func tensorCount(_ entries: Entries) -> Int {
    entries.count { if case .tensor = $0.value { true } else { false } }
  }

  /// The dictionary of weights among the entries: one under a usual name, or the only one that holds
  /// tensors. Tensors beside it may be a best score or the state of a generator, but weights are not
  /// fewer than what lies beside them.
  private static func wrapped(
    _ entries: Entries, _ heap: PickleHeap
  ) throws(UserError) -> (name: String, dictionary: Int)? {
    let inner = entries.compactMap { entry -> (name: String, dictionary: Int)? in
      guard case (.text(let name), .dictionary(let number)) = entry else { return nil }
      return (name, number)
    }
    // An optimizer's tensors lie deeper, one dictionary for each parameter. A large dictionary may be
    // named many times.
    let beside = tensorCount(entries)
    let holding = Set(inner.map(\.dictionary)).filter {
      tensorCount(heap.dictionaries[$0]) >= max(1, beside)
    }
    let found = inner.filter { holding.contains($0.dictionary) }
    if let usual = found.first(where: { wrappers.contains($0.name) }) { return usual }
    guard found.count <= 1 else {
      let names = found.prefix(6).map { quoted(String($0.name.prefix(24))) }.joined(separator: ", ")
      throw UserError(
        "it holds several dictionaries of tensors (\(names)); save the one with the weights alone")
    }
    return found.first ?? (beside > 0 ? nil : inner.first { wrappers.contains($0.name) })
  }

  /// The names of entries, for a file without tensors.
  private static func contents(_ entries: Entries) -> String {
    if entries.isEmpty { return "" }
    let most = 4
    let names = entries.prefix(most).map {
      "\(quoted(String(name($0.key).prefix(24)))) (\($0.value.kind.prefix(48)))"
    }
    return "; its entries are \(names.joined(separator: ", "))"
      + (entries.count > most ? ", ..." : "")
  }

  private static func name(_ key: PickleValue) -> String {
    Unpickler.key(key) ?? key.kind
  }
}
