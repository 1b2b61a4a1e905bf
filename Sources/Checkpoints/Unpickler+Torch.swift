import Files

extension Unpickler {
  /// What the pickle means by calling one of the names it may refer to.
  mutating func build(
    callable: PickleValue, arguments: PickleValue
  ) throws(UserError) -> PickleValue {
    switch callable {
    case .global, .object: break
    default: throw Self.unexpected("\(callable.kind) is called")
    }
    guard case .tuple(let number) = arguments else {
      throw Self.unexpected("something is called with \(arguments.kind)")
    }
    guard case .global(let global) = callable else {
      return try object(className(callable) ?? "object", heap.tuples[number])
    }
    return try build(global, heap.tuples[number])
  }

  private mutating func build(
    _ global: PickleGlobal, _ arguments: [PickleValue]
  ) throws(UserError) -> PickleValue {
    switch global {
    case .orderedDictionary: return try orderedDictionary(arguments)
    case .rebuildTensor, .rebuildTensorV2, .rebuildTensorV3: return try tensor(arguments, global)
    case .rebuildParameter: return try parameter(arguments)
    case .rebuildFromType: return try tensorOfType(arguments)
    case .rebuildOpaque(let kind): return .opaqueTensor(kind)
    case .storage: throw Self.unexpected("a storage is made without its data")
    case .other(let name):
      if let attribute = try attribute(name, arguments) { return attribute }
      return try object(name, arguments)
    }
  }

  private func parameter(_ arguments: [PickleValue]) throws(UserError) -> PickleValue {
    guard (3...4).contains(arguments.count) else {
      throw Self.unexpected("a parameter is not made of a tensor")
    }
    switch arguments[0] {
    case .tensor, .opaqueTensor: return arguments[0]
    case .object: return .opaqueTensor("custom")
    default: throw Self.unexpected("a parameter is not made of a tensor")
    }
  }

  /// Function, class, the function's arguments, and the attributes, which do not matter here. One such
  /// call in another would be the pickle's depth.
  private mutating func tensorOfType(
    _ arguments: [PickleValue]
  ) throws(UserError) -> PickleValue {
    guard (3...4).contains(arguments.count), case .global(let function) = arguments[0],
      case .tuple(let inner) = arguments[2]
    else { throw Self.unexpected("a tensor of a class is not made of function and arguments") }
    if case .rebuildFromType = function { return .opaqueTensor("custom") }
    let made = try build(function, heap.tuples[inner])
    return made.isTensor ? made : .opaqueTensor("custom")
  }

  /// `getattr(Class, "name")`, which stands for a nested class or a method.
  private func attribute(
    _ function: String, _ arguments: [PickleValue]
  ) throws(UserError) -> PickleValue? {
    guard function == "builtins.getattr" || function == "__builtin__.getattr",
      (2...3).contains(arguments.count), case .global(.other(let owner)) = arguments[0],
      case .text(let name) = arguments[1]
    else { return nil }
    guard owner.utf8.count + name.utf8.count <= Self.longestName else {
      throw Self.unexpected("a name does not end")
    }
    guard let global = PickleGlobal(module: owner, name: name) else {
      throw Self.asks(for: "\(owner).\(name)")
    }
    return .global(global)
  }

  static func asks(for name: String) -> UserError {
    UserError(
      "its pickle asks for \(quoted(name)), which weights do not need; nothing was run. If you trust "
        + "the file, save the model's state_dict() alone")
  }

  /// A placeholder for an object of a class, made with these arguments.
  mutating func object(
    _ name: String, _ arguments: [PickleValue] = []
  ) throws(UserError) -> PickleValue {
    var object = PickledObject()
    if arguments.count == 1, case .dictionary(let only) = arguments[0] {
      object.items = heap.dictionaries[only]
    } else {
      object.items = arguments.enumerated().map { (.integer($0.offset), $0.element) }
    }
    try count(object.items.count)
    heap.objects.append(object)
    return .object(name, heap.objects.count - 1)
  }

  /// What class a value stands for, if it is none of those built here.
  func className(_ value: PickleValue) -> String? {
    switch value {
    case .global(.other(let name)), .object(let name, _): name
    default: nil
    }
  }

  /// Adds to an object's attributes those of its state: a dictionary, or one for `__dict__` and one for
  /// `__slots__`.
  mutating func set(_ state: PickleValue, of object: Int) throws(UserError) {
    var parts = [state]
    if case .tuple(let number) = state, heap.tuples[number].count <= 2 {
      parts = heap.tuples[number]
    }
    for case .dictionary(let number) in parts {
      try count(heap.dictionaries[number].count)
      heap.objects[object].state += heap.dictionaries[number]
    }
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
    _ arguments: [PickleValue], _ version: PickleGlobal
  ) throws(UserError) -> PickleValue {
    if case .object? = arguments.first { return .opaqueTensor("custom") }
    guard (4...8).contains(arguments.count), case .storage(let storage, let first) = arguments[0],
      case .integer(let offset) = arguments[1], (0...Int.max - first).contains(offset),
      let shape = integers(arguments[2]),
      let strides = integers(arguments[3])
    else { throw Self.unexpected("a tensor is not made of storage, offset, size and strides") }
    var type = heap.storages[storage].type
    if version == .rebuildTensorV3 {
      guard arguments.count > 6, let name = className(arguments[6]), type == .uint8, first == 0
      else {
        throw Self.unexpected("a tensor has no type")
      }
      guard
        let stated = ScalarType(rawValue: name.replacing("torch.", with: "", maxReplacements: 1))
      else { return .opaqueTensor(name) }
      type = stated
    }
    // A lazily conjugated or negated tensor: its numbers are not those stored.
    if let metadata = arguments.last, arguments.count > 6, isChanged(metadata) {
      return .opaqueTensor("conjugated or negated")
    }
    heap.tensors.append(
      PickledTensor(
        storage: storage, type: type, offset: first + offset, shape: shape, strides: strides))
    return .tensor(heap.tensors.count - 1)
  }

  private func isChanged(_ metadata: PickleValue) -> Bool {
    guard case .dictionary(let number) = metadata else { return false }
    return heap.dictionaries[number].contains { entry in
      (entry.key == .text("conj") || entry.key == .text("neg")) && entry.value == .boolean(true)
    }
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
      // A model's class with its source, before PyTorch 1.6.
      if fields.count == 4, className(fields[1]) != nil { return fields[1] }
      throw UserError(
        "it holds a whole pickled model, not weights alone; save the model's state_dict()")
    }
    if fields.count == 5, fields[0] == .text("storage"), let name = className(fields[1]) {
      // Of numbers that are not read.
      return try object(name)
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
