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
  /// An object of a class that weights do not need, given by its name. It holds nothing, and nothing
  /// of it is run.
  case object(String)

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
    case .object(let name): "an object of \(printable(name))"
    }
  }
}

/// The Python names that a pickle may refer to. None of them is code to run: each stands for something
/// built here, or for an object that is left out.
enum PickleGlobal: Hashable, Sendable {
  case orderedDictionary
  /// The names in PyTorch before 0.4 and since then.
  case rebuildTensor, rebuildTensorV2
  case rebuildParameter
  case storage(ScalarType)
  /// What training scripts save beside weights, such as their options: left out.
  case other(String)

  init?(module: String, name: String) {
    switch (module, name) {
    case ("collections", "OrderedDict"): self = .orderedDictionary
    case ("torch._utils", "_rebuild_tensor"): self = .rebuildTensor
    case ("torch._utils", "_rebuild_tensor_v2"): self = .rebuildTensorV2
    case ("torch._utils", "_rebuild_parameter"), ("torch._utils", "_rebuild_parameter_with_state"):
      self = .rebuildParameter
    case ("torch", _):
      if let type = ScalarType.allCases.first(where: { $0.storageClass == name }) {
        self = .storage(type)
      } else {
        self.init(inert: module, name)
      }
    default: self.init(inert: module, name)
    }
  }

  /// Nil for what could run code in Python, so that a file made to do that is refused, not used.
  private init?(inert module: String, _ name: String) {
    let parts = module.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard (parts + [name]).allSatisfy(Self.isIdentifier) else { return nil }
    let isHarmless = Self.harmless[module]?.contains(name) ?? false
    let isPartOfTorch = Self.harmlessTorch.contains { module.hasPrefix($0) }
    guard isHarmless || isPartOfTorch || !Self.capable.contains(parts[0]) else { return nil }
    self = .other("\(module).\(name)")
  }

  private static func isIdentifier(_ text: String) -> Bool {
    guard let first = text.utf8.first, !(0x30...0x39).contains(first) else { return false }
    return text.utf8.allSatisfy { byte in
      byte == 0x5f || (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte & 0xdf)
    }
  }

  /// Classes of modules in `capable` that checkpoints contain.
  private static let harmless: [String: Set<String>] = {
    let containers: Set = [
      "set", "frozenset", "list", "dict", "tuple", "int", "float", "complex", "bool", "str",
      "bytes",
      "bytearray", "slice", "range", "object",
      // Python 2's names, which PyTorch writes in Python 3, too.
      "long", "xrange", "unicode", "basestring",
    ]
    return [
      "builtins": containers, "__builtin__": containers,
      "collections": ["ChainMap", "Counter", "UserDict", "UserList", "defaultdict"],
      "itertools": ["chain", "count", "cycle", "repeat"], "logging": ["Logger", "getLogger"],
      "operator": ["attrgetter", "itemgetter"],
      "copyreg": ["_reconstructor"], "copy_reg": ["_reconstructor"], "_codecs": ["encode"],
      "types": ["SimpleNamespace"], "functools": ["partial"],
      "torch": [
        "Size", "device", "dtype", "strided", "contiguous_format", "preserve_format", "bool",
        "uint8",
        "int8", "int16", "int32", "int64", "float16", "bfloat16", "float32", "float64", "complex64",
        "complex128",
      ],
    ]
  }()

  private static let harmlessTorch = [
    "torch.optim.", "torch.nn.", "torch.amp.", "torch.cuda.amp.", "torch.torch_version",
  ]

  /// Packages whose functions run programs or code, or open files and connections.
  private static let capable: Set<String> = [
    "__builtin__", "_codecs", "_io", "_pickle", "_posixsubprocess", "_thread", "asyncio", "atexit",
    "bdb", "builtins", "cPickle", "cProfile", "code", "codecs", "codeop", "collections", "commands",
    "concurrent", "copy_reg", "copyreg", "ctypes", "dbm", "distutils", "doctest", "ensurepip",
    "fileinput", "ftplib", "functools", "gc", "glob", "http", "httplib", "idlelib", "imp",
    "importlib", "inspect", "io", "itertools", "lib2to3", "linecache", "logging", "marshal",
    "multiprocessing", "nt", "operator", "os", "pdb", "pickle", "pip", "pkg_resources", "pkgutil",
    "platform", "popen2", "posix", "posixpath", "profile", "pty", "pydoc", "runpy", "sched",
    "setuptools", "shelve", "shutil", "signal", "site", "smtplib", "socket", "socketserver",
    "sqlite3", "ssl", "string", "subprocess", "sys", "sysconfig", "tempfile", "test", "threading",
    "timeit", "torch", "trace", "tracemalloc", "types", "unittest", "urllib", "urllib2", "venv",
    "webbrowser", "xml", "xmlrpc", "zipimport",
  ]
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
