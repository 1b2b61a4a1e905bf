import Files

/// Finds the dictionary of weights among what a checkpoint holds: under a usual name, or the only one
/// that holds tensors, however training scripts have wrapped it.
///
/// Each container is looked into once for every dictionary that is found within another (at most three),
/// so that a pickle costs no more than its length.
struct WeightsSearch {
  private let heap: PickleHeap

  /// Training scripts save the state dictionary under one of these keys, along with other things.
  private static let wrappers: Set = [
    "state_dict", "model", "model_state_dict", "model_state", "net", "network", "params", "weights",
    "module", "net_state_dict", "network_state_dict", "model_weights", "params_ema",
  ]
  /// How many containers lie around the weights at most.
  private static let mostDepth = 8

  init(_ heap: PickleHeap) { self.heap = heap }

  struct Step: Hashable {
    var key: PickleValue
    var isAttribute = false

    /// As written in Python, such as `['net']`, `[0]` or `.net`.
    var python: String {
      guard case .text(let text) = key else { return "[\(WeightsSearch.text(key))]" }
      let shown = String(text.prefix(24))
      return isAttribute ? "." + printable(shown) : "[\(quoted(shown))]"
    }
  }

  /// A container and how it was reached.
  struct Place {
    var value: PickleValue
    /// From the outermost container on.
    var path: [Step] = []
    /// What lies beside the containers on the path.
    var beside: [PickleValue] = []
    fileprivate var tensors = 0
  }

  /// - Throws: `UserError` if several dictionaries could be the weights.
  func find(in root: PickleValue) throws(UserError) -> Place {
    var place = Place(value: root, tensors: tensorCount(root))
    // One dictionary in another, and that in a third: no script saves more.
    for _ in 0..<3 {
      guard let inner = try below(place) else { break }
      place = inner
    }
    return place
  }

  /// A container's entries by key or position.
  func entries(_ value: PickleValue) -> PickledEntries {
    switch value {
    case .dictionary(let number): return heap.dictionaries[number]
    case .list(let number): return numbered(heap.lists[number])
    case .tuple(let number): return numbered(heap.tuples[number])
    case .object(_, let number):
      // Classes made of dictionaries often have each entry as an attribute, too.
      let object = heap.objects[number]
      let keys = Set(object.items.map(\.key))
      return object.items + object.state.filter { !keys.contains($0.key) }
    default: return []
    }
  }

  private func numbered(_ values: [PickleValue]) -> PickledEntries {
    values.enumerated().map { (.integer($0.offset), $0.element) }
  }

  /// Whether an object is a `torch.nn.Module`.
  func isModule(_ value: PickleValue) -> Bool {
    guard case .object(_, let number) = value else { return false }
    let keys = heap.objects[number].state.map(\.key)
    return keys.contains(.text("_parameters")) && keys.contains(.text("_modules"))
  }

  /// Whether a value is a dictionary or an object with entries of its own, unlike a model.
  func mayHoldWeights(_ value: PickleValue) -> Bool {
    switch value {
    case .dictionary: true
    case .object: !isModule(value)
    default: false
    }
  }

  // MARK: One dictionary in another

  /// The dictionary of weights below a place, the nearest one. Tensors beside it may be a best score or
  /// the state of a generator, but weights are not fewer than what lies beside them.
  private func below(_ start: Place) throws(UserError) -> Place? {
    var level = [start]
    var seen: Set = [start.value]
    for depth in 0..<Self.mostDepth {
      var inner: [Place] = []
      for place in level { inner += containers(in: place, &seen) }
      // A few tensors beside weights that lie deeper are not weights.
      let least = max(1, depth == 0 ? start.tensors : 10 * start.tensors)
      if let found = try choose(inner.filter { $0.tensors >= least }, isNear: depth == 0) {
        return completed(found, from: start)
      }
      level = inner.filter { !isOfOptimizer($0) }
      if level.isEmpty { break }
    }
    return nil
  }

  /// Those not seen before, each with its number of tensors.
  private func containers(in place: Place, _ seen: inout Set<PickleValue>) -> [Place] {
    if isModule(place.value) { return [] }
    var items = Int.max
    if case .object(_, let number) = place.value { items = heap.objects[number].items.count }
    return entries(place.value).enumerated().compactMap { index, entry in
      let (key, value) = entry
      guard isContainer(value), leads(key, from: place.value) else { return nil }
      guard seen.insert(value).inserted else { return nil }
      let step = Step(key: key, isAttribute: index >= items)
      return Place(value: value, path: place.path + [step], tensors: tensorCount(value))
    }
  }

  /// Dictionaries by number or by parameter are an optimizer's.
  private func leads(_ key: PickleValue, from container: PickleValue) -> Bool {
    switch (key, container) {
    case (.text, _), (.integer, .list), (.integer, .tuple), (.integer, .object): true
    default: false
    }
  }

  /// Tensors in a dictionary. Attributes of an object, such as a distribution's, are no weights.
  private func tensorCount(_ value: PickleValue) -> Int {
    switch value {
    case .dictionary(let number): heap.dictionaries[number].count { $0.value.isTensor }
    case .object(_, let number):
      heap.objects[number].items.count { $0.value.isTensor && Self.isText($0.key) }
    default: 0
    }
  }

  private static func isText(_ key: PickleValue) -> Bool {
    if case .text = key { true } else { false }
  }

  /// - Parameter isNear: whether the candidates lie directly in the place where the search began, where a
  ///   usual name decides.
  private func choose(_ candidates: [Place], isNear: Bool) throws(UserError) -> Place? {
    let usual = candidates.filter { Self.isUsual($0) }
    if isNear, let first = usual.first { return first }
    if usual.count == 1 { return usual[0] }
    let rest = usual.isEmpty ? candidates : usual
    let most = rest.map(\.tensors).max() ?? 0
    let large = rest.filter { 10 * $0.tensors >= most }
    guard large.count <= 1 else { throw Self.several(large) }
    return large.first
  }

  private static func isUsual(_ place: Place) -> Bool {
    if case .text(let name)? = place.path.last?.key { wrappers.contains(name) } else { false }
  }

  /// Their tensors lie in dictionaries by parameter.
  private func isOfOptimizer(_ place: Place) -> Bool {
    guard case .text(let name)? = place.path.last?.key else { return false }
    return ["optim", "sched", "scaler"].contains { name.lowercased().contains($0) }
  }

  /// With what lies beside the containers on the way.
  private func completed(_ found: Place, from start: Place) -> Place {
    var (place, value) = (found, start.value)
    place.beside = start.beside
    for step in found.path.dropFirst(start.path.count) {
      let key = step.key
      let entries = entries(value)
      place.beside += entries.map(\.key).filter { $0 != key }
      value = entries.first { $0.key == key && isContainer($0.value) }?.value ?? .none
    }
    return place
  }

  private func isContainer(_ value: PickleValue) -> Bool {
    switch value {
    case .dictionary, .object, .list, .tuple: true
    default: false
    }
  }

  // MARK: Messages

  private static func several(_ places: [Place]) -> UserError {
    let names = places.prefix(4).map { name($0.path) }.joined(separator: ", ")
    let more = places.count > 4 ? ", ..." : ""
    let subscripts = places[0].path.map(\.python).joined()
    let example =
      places[0].path.count <= 3
      ? ", such as torch.save(torch.load(FILE)\(subscripts), 'weights.pth')" : ""
    return UserError(
      "it holds several dictionaries of tensors (\(names)\(more)); save the one with the weights "
        + "alone\(example)")
  }

  private static func name(_ path: [Step]) -> String {
    quoted(excerpt(path.map { text($0.key) }.joined(separator: "."), atMost: 40))
  }

  static func text(_ key: PickleValue) -> String { Unpickler.key(key) ?? key.kind }
}
