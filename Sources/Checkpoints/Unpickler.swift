import Files
import Foundation

/// Reads the pickles that `torch.save` writes (protocol 2 and later) and builds numbers, texts,
/// containers and descriptions of tensors from them. Nothing in a pickle is ever run: objects beside the
/// weights become placeholders, and a name that `PickleGlobal` knows to run code ends the reading, as does
/// an instruction that checkpoints do not need.
///
/// Time and memory are bounded by the pickle's length, not by what is stated in it.
/// https://github.com/python/cpython/blob/main/Lib/pickletools.py describes the instructions.
struct Unpickler {
  /// A pickle holds names and extents, no weights; those of large networks take some 100 kB.
  static let mostBytes = 16 << 20
  static let mostValues = 1 << 20
  /// Bytes of a name of a module, class or function.
  static let longestName = 512

  var heap = PickleHeap()
  private var reader: ByteReader
  private var stack: [PickleValue] = []
  /// Heights of the stack where a mark lies.
  private var marks: [Int] = []
  private var memo: [Int: PickleValue] = [:]
  private var made = 0

  init(_ pickle: Data) {
    reader = ByteReader(pickle, what: "its pickle")
  }

  /// Bytes consumed by the pickles read so far.
  var position: Int { reader.position }

  /// Reads one pickle to its end.
  mutating func read() throws(UserError) -> PickleValue {
    (stack, marks, memo) = ([], [], [:])
    while true {
      guard reader.position <= Self.mostBytes else { throw Self.tooLong }
      let code = try reader.byte()
      if code == UInt8(ascii: ".") { break }
      try execute(code)
    }
    return try pop()
  }

  private static let tooLong = UserError(
    "its pickle is longer than that of any network's weights")

  static func unexpected(_ what: String) -> UserError {
    UserError("its pickle does not make sense: \(what)")
  }

  // MARK: Instructions

  private mutating func execute(_ code: UInt8) throws(UserError) {
    switch code {
    case 0x80: try checkProtocol()
    case 0x95: _ = try reader.bytes(8)  // the length of a frame, which nothing depends on
    case UInt8(ascii: "("): marks.append(stack.count)
    case UInt8(ascii: "0"): _ = try pop()
    case UInt8(ascii: "1"): _ = try popToMark()
    case UInt8(ascii: "c"), 0x93: try pushGlobal(code)
    case UInt8(ascii: "R"): try push(build(callable: pop(1), arguments: pop()))
    case UInt8(ascii: "b"): try setState()
    case 0x81, 0x92: try makeObject(code)
    case 0x8f, 0x90, 0x91: try makeSet(code)
    case UInt8(ascii: "Q"): try push(persistent(pop()))
    case UInt8(ascii: "q"), UInt8(ascii: "r"), 0x94, UInt8(ascii: "h"), UInt8(ascii: "j"):
      try memoize(code)
    case UInt8(ascii: ")"), UInt8(ascii: "t"), 0x85...0x87: try makeTuple(code)
    case UInt8(ascii: "]"), UInt8(ascii: "l"), UInt8(ascii: "a"), UInt8(ascii: "e"):
      try makeList(code)
    case UInt8(ascii: "}"), UInt8(ascii: "d"), UInt8(ascii: "s"), UInt8(ascii: "u"):
      try makeDictionary(code)
    default: try push(constant(code))
    }
  }

  private mutating func checkProtocol() throws(UserError) {
    let version = try reader.byte()
    guard (2...5).contains(version) else {
      throw UserError("its pickle has protocol \(version), not 2 to 5")
    }
  }

  private mutating func constant(_ code: UInt8) throws(UserError) -> PickleValue {
    switch code {
    case UInt8(ascii: "N"): return .none
    case 0x88: return .boolean(true)
    case 0x89: return .boolean(false)
    case UInt8(ascii: "K"): return .integer(try reader.size(1))
    case UInt8(ascii: "M"): return .integer(try reader.size(2))
    case UInt8(ascii: "J"):
      return .integer(Int(Int32(truncatingIfNeeded: try reader.unsigned(4))))
    case 0x8a: return try integer(bytes: reader.size(1))
    case UInt8(ascii: "G"): return .real(Double(bitPattern: try reader.unsigned(8).byteSwapped))
    case UInt8(ascii: "X"): return .text(try reader.text(reader.size(4)))
    case 0x8c, UInt8(ascii: "U"): return .text(try reader.text(reader.size(1)))
    case 0x8d: return .text(try reader.text(reader.size(8)))
    case UInt8(ascii: "T"): return .text(try reader.text(reader.size(4)))
    case UInt8(ascii: "B"), UInt8(ascii: "C"):
      _ = try reader.bytes(reader.size(code == UInt8(ascii: "B") ? 4 : 1))
      return .bytes
    case 0x8e, 0x96:
      _ = try reader.bytes(reader.size(8))
      return .bytes
    case 0x97, 0x98:
      throw UserError(
        "its pickle holds the instruction 0x\(String(code, radix: 16)) for data outside of the file; "
          + "save it again with torch.save")
    default: throw Self.unneeded(code)
    }
  }

  private static func unneeded(_ code: UInt8) -> UserError {
    UserError(
      "its pickle holds the instruction 0x\(String(code, radix: 16)), which weights do not need; "
        + "nothing was run")
  }

  /// Class, arguments and, for one of the two instructions, arguments by name of a new object.
  private mutating func makeObject(_ code: UInt8) throws(UserError) {
    if code == 0x92 {
      guard case .dictionary = try pop() else { throw Self.unneeded(code) }
    }
    let (type, arguments) = (try pop(1), try pop())
    guard let name = className(type), case .tuple(let number) = arguments else {
      throw Self.unneeded(code)
    }
    try push(object(name, heap.tuples[number]))
  }

  /// Sets hold no weights: nothing of them is kept.
  private mutating func makeSet(_ code: UInt8) throws(UserError) {
    if code == 0x8f { return try push(object("builtins.set")) }
    _ = try popToMark()
    if code == 0x91 { return try push(object("builtins.frozenset")) }
    guard case .object = try top() else {
      throw Self.unexpected("items are added to \(try top().kind)")
    }
  }

  private mutating func integer(bytes count: Int) throws(UserError) -> PickleValue {
    let bytes = [UInt8](try reader.bytes(count))
    guard count <= 8 else { return .wideInteger(bytes) }
    let negative = (bytes.last ?? 0) & 0x80 != 0
    let bits = bytes.reversed().reduce(negative ? ~UInt64(0) : 0) { $0 << 8 | UInt64($1) }
    return .integer(Int(Int64(bitPattern: bits)))
  }

  private mutating func pushGlobal(_ code: UInt8) throws(UserError) {
    let (module, name): (String, String)
    if code == UInt8(ascii: "c") {
      (module, name) = (try reader.line(atMost: 256), try reader.line(atMost: 256))
    } else {
      guard case (.text(let first), .text(let second)) = (try pop(1), try pop()) else {
        throw Self.unexpected("a name is not text")
      }
      (module, name) = (first, second)
    }
    guard module.utf8.count + name.utf8.count <= Self.longestName else {
      throw Self.unexpected("a name does not end")
    }
    guard let global = PickleGlobal(module: module, name: name) else {
      throw Self.asks(for: "\(module).\(name)")
    }
    try push(.global(global))
  }

  private mutating func memoize(_ code: UInt8) throws(UserError) {
    switch code {
    case UInt8(ascii: "q"): memo[try reader.size(1)] = try top()
    case UInt8(ascii: "r"): memo[try reader.size(4)] = try top()
    case 0x94: memo[memo.count] = try top()
    default:
      let key = try reader.size(code == UInt8(ascii: "h") ? 1 : 4)
      guard let value = memo[key] else { throw Self.unexpected("nothing was kept as \(key)") }
      try push(value)
    }
  }

  // MARK: Containers

  private mutating func makeTuple(_ code: UInt8) throws(UserError) {
    var items: [PickleValue] = []
    switch code {
    case UInt8(ascii: ")"): break
    case UInt8(ascii: "t"): items = try popToMark()
    default:
      for _ in 0..<code - 0x84 { items.append(try pop()) }
      items.reverse()
    }
    heap.tuples.append(items)
    try push(.tuple(heap.tuples.count - 1))
  }

  private mutating func makeList(_ code: UInt8) throws(UserError) {
    switch code {
    case UInt8(ascii: "]"), UInt8(ascii: "l"):
      heap.lists.append(code == UInt8(ascii: "l") ? try popToMark() : [])
      try push(.list(heap.lists.count - 1))
    default:
      let items = code == UInt8(ascii: "a") ? [try pop()] : try popToMark()
      if case .object = try top() { break }
      guard case .list(let list) = try top() else {
        throw Self.unexpected("items are added to \(try top().kind)")
      }
      heap.lists[list] += items
    }
  }

  private mutating func makeDictionary(_ code: UInt8) throws(UserError) {
    var items: [PickleValue] = []
    switch code {
    case UInt8(ascii: "}"): break
    case UInt8(ascii: "s"): items = [try pop(1), try pop()]
    default: items = try popToMark()
    }
    if code == UInt8(ascii: "}") || code == UInt8(ascii: "d") {
      heap.dictionaries.append([])
      try push(.dictionary(heap.dictionaries.count - 1))
    }
    guard items.count % 2 == 0 else { throw Self.unexpected("a key has no value") }
    let entries = stride(from: 0, to: items.count, by: 2).map { (items[$0], items[$0 + 1]) }
    switch try top() {
    case .dictionary(let number): heap.dictionaries[number] += entries
    case .object(_, let number): heap.objects[number].items += entries
    case let other: throw Self.unexpected("items are set in \(other.kind)")
    }
  }

  /// The state of an ordered dictionary is PyTorch's `_metadata` about modules, which is not needed, nor
  /// is that of a tensor.
  private mutating func setState() throws(UserError) {
    let state = try pop()
    switch (try top(), state) {
    case (.object(_, let number), _): try set(state, of: number)
    case (.dictionary, .dictionary), (.dictionary, .tuple), (.dictionary, .object): break
    case (.tensor, _), (.opaqueTensor, _): break
    case (let other, _): throw Self.unexpected("a state is set in \(other.kind)")
    }
  }

  // MARK: Stack

  private mutating func push(_ value: PickleValue) throws(UserError) {
    try count(1)
    stack.append(value)
  }

  /// Keeps account of the values made so far.
  mutating func count(_ values: Int) throws(UserError) {
    made += values
    guard made <= Self.mostValues else { throw Self.tooLong }
  }

  private func top() throws(UserError) -> PickleValue {
    guard let value = stack.last, stack.count > marks.last ?? 0 else {
      throw Self.unexpected("its stack is empty")
    }
    return value
  }

  /// - Parameter depth: below the top.
  private mutating func pop(_ depth: Int = 0) throws(UserError) -> PickleValue {
    guard stack.count - depth > marks.last ?? 0 else {
      throw Self.unexpected("its stack is empty")
    }
    return stack.remove(at: stack.count - 1 - depth)
  }

  private mutating func popToMark() throws(UserError) -> [PickleValue] {
    guard let mark = marks.popLast() else { throw Self.unexpected("there is no mark") }
    let items = Array(stack[mark...])
    stack.removeSubrange(mark...)
    return items
  }
}
