import Files

extension Unpickler {
  /// What the pickle means by calling one of the names it may refer to.
  mutating func build(
    callable: PickleValue, arguments: PickleValue
  ) throws(UserError) -> PickleValue {
    guard case .global(let global) = callable else {
      throw Self.unexpected("\(callable.kind) is called")
    }
    guard case .tuple(let number) = arguments else {
      throw Self.unexpected("something is called with \(arguments.kind)")
    }
    let arguments = heap.tuples[number]
    switch global {
    case .orderedDictionary: return try orderedDictionary(arguments)
    case .rebuildTensor, .rebuildTensorV2: return try tensor(arguments)
    case .rebuildParameter:
      guard (3...4).contains(arguments.count), case .tensor = arguments[0] else {
        throw Self.unexpected("a parameter is not made of a tensor")
      }
      return arguments[0]
    case .storage: throw Self.unexpected("a storage is made without its data")
    case .other(let name): return .object(name)
    }
  }

  /// An object made of its class and arguments, which are left out.
  func object(_ type: PickleValue) -> PickleValue? {
    if case .global(.other(let name)) = type { .object(name) } else { nil }
  }

  /// `OrderedDict()`, or Python 2's `OrderedDict([[key, value], ...])`.
  private mutating func orderedDictionary(
    _ arguments: [PickleValue]
  ) throws(UserError) -> PickleValue {
    var items: [(key: PickleValue, value: PickleValue)] = []
    if let first = arguments.first {
      guard arguments.count == 1, case .list(let list) = first else {
        throw Self.unexpected("a dictionary is made of \(first.kind)")
      }
      for item in heap.lists[list] {
        let pair: [PickleValue]
        switch item {
        case .list(let number): pair = heap.lists[number]
        case .tuple(let number): pair = heap.tuples[number]
        default: pair = []
        }
        guard pair.count == 2 else { throw Self.unexpected("a dictionary is not made of pairs") }
        items.append((pair[0], pair[1]))
      }
    }
    // One list may be named many times, at a few bytes each.
    try count(items.count)
    heap.dictionaries.append(items)
    return .dictionary(heap.dictionaries.count - 1)
  }

  /// Storage, offset, extent and strides; then the need for a gradient, hooks and metadata, which
  /// do not matter here. Bounds are checked when the storage's bytes are known.
  private mutating func tensor(
    _ arguments: [PickleValue]
  ) throws(UserError) -> PickleValue {
    guard (4...7).contains(arguments.count), case .storage(let storage, let first) = arguments[0],
      case .integer(let offset) = arguments[1], (0...Int.max - first).contains(offset),
      let shape = integers(arguments[2]),
      let strides = integers(arguments[3])
    else { throw Self.unexpected("a tensor is not made of storage, offset, size and strides") }
    heap.tensors.append(
      PickledTensor(storage: storage, offset: first + offset, shape: shape, strides: strides))
    return .tensor(heap.tensors.count - 1)
  }

  private func integers(_ value: PickleValue) -> [Int]? {
    guard case .tuple(let number) = value, heap.tuples[number].count <= StoredTensor.mostAxes else {
      return nil
    }
    var integers: [Int] = []
    for item in heap.tuples[number] {
      guard case .integer(let integer) = item else { return nil }
      integers.append(integer)
    }
    return integers
  }

  /// `('storage', class, key, device, elements)`; before PyTorch 1.6 a view follows, or None.
  mutating func persistent(_ identifier: PickleValue) throws(UserError) -> PickleValue {
    guard case .tuple(let number) = identifier else {
      throw Self.unexpected("a storage is named by \(identifier.kind)")
    }
    let fields = heap.tuples[number]
    if fields.first == .text("module") {
      throw UserError(
        "it holds a whole pickled model, not weights alone; save the model's state_dict()")
    }
    guard (5...6).contains(fields.count), fields[0] == .text("storage"),
      case .global(.storage(let type)) = fields[1], let key = Self.key(fields[2]),
      case .integer(let count) = fields[4], count >= 0
    else { throw Self.unexpected("a storage has no class, key or size") }
    let storage = try heap.number(of: PickledStorage(key: key, type: type, count: count))
    guard fields.count == 6, fields[5] != .none else { return .storage(storage, from: 0) }
    guard case .tuple(let view) = fields[5], heap.tuples[view].count == 3,
      case .integer(let offset) = heap.tuples[view][1], (0...count).contains(offset)
    else { throw Self.unexpected("a view of a storage has no offset") }
    return .storage(storage, from: offset)
  }

  /// A uniform notation for a storage's key, which is text or a number as large as an address.
  static func key(_ value: PickleValue) -> String? {
    switch value {
    case .text(let text): text
    case .integer(let number): String(number)
    case .wideInteger(let bytes): "0x" + bytes.map { String($0, radix: 16) }.joined(separator: "-")
    default: nil
    }
  }
}
