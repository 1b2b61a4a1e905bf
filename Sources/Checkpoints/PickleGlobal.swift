/// The Python names that a pickle may refer to. None of them is code to run: each stands for something
/// built here, or for a placeholder.
enum PickleGlobal: Hashable, Sendable {
  case orderedDictionary
  /// The names in PyTorch before 0.4 and since then, and that for types without a storage class.
  case rebuildTensor, rebuildTensorV2, rebuildTensorV3
  case rebuildParameter
  /// Of a tensor with Python attributes, a buffer, or a tensor of a class of its own.
  case rebuildFromType
  /// A tensor of a kind that is not read.
  case rebuildOpaque(String)
  case storage(ScalarType)
  /// What training scripts save beside weights, such as their options.
  case other(String)

  /// Nil for what is known to run code or to open files or connections in Python, so that a file made to
  /// do that is refused, not used.
  init?(module: String, name: String) {
    guard Self.isName(module), Self.isName(name), !Self.isCapable(module, name) else { return nil }
    self = Self.known(module, name) ?? .other("\(module).\(name)")
  }

  private static func known(_ module: String, _ name: String) -> PickleGlobal? {
    switch module {
    case "collections": name == "OrderedDict" ? .orderedDictionary : nil
    case "torch": ScalarType(storageClass: name).map { .storage($0) }
    case "torch.storage": name == "UntypedStorage" ? .storage(.uint8) : nil
    case "torch._tensor": name.hasPrefix("_rebuild_from_type") ? .rebuildFromType : nil
    case "torch._utils": rebuilding(name)
    default: nil
    }
  }

  private static func rebuilding(_ name: String) -> PickleGlobal? {
    switch name {
    case "_rebuild_tensor": .rebuildTensor
    case "_rebuild_tensor_v2": .rebuildTensorV2
    case "_rebuild_tensor_v3": .rebuildTensorV3
    case "_rebuild_parameter", "_rebuild_parameter_with_state",
      "_rebuild_device_tensor_from_cpu_tensor":
      .rebuildParameter
    case "_rebuild_sparse_tensor", "_rebuild_sparse_csr_tensor": .rebuildOpaque("sparse")
    case "_rebuild_qtensor": .rebuildOpaque("quantized")
    case "_rebuild_nested_tensor": .rebuildOpaque("nested")
    case "_rebuild_meta_tensor_no_storage": .rebuildOpaque("meta (without data)")
    default: nil
    }
  }

  /// Identifiers with dots between them.
  private static func isName(_ text: String) -> Bool {
    text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
      guard let first = part.unicodeScalars.first, first == "_" || first.properties.isXIDStart
      else { return false }
      return part.unicodeScalars.allSatisfy(\.properties.isXIDContinue)
    }
  }
}

// MARK: Names that run code

extension PickleGlobal {
  private static func isCapable(_ module: String, _ name: String) -> Bool {
    let (packages, names) = (module.split(separator: "."), name.split(separator: "."))
    // `logging`, `os.system`: what one module has imported from another.
    if names.dropLast().contains(where: { capable.contains(String($0)) }) { return true }
    if names.contains(where: { hooks.contains(String($0)) }) { return true }
    if capableNames[module]?.contains(String(names[0])) == true { return true }
    if capableModules.contains(where: { module == $0 || module.hasPrefix($0 + ".") }) {
      return harmless[module]?.contains(name) != true
    }
    return capable.contains(String(packages[0])) && harmless[module]?.contains(name) != true
  }

  /// Attributes through which any function can be reached.
  private static let hooks: Set = [
    "__builtins__", "__code__", "__globals__", "__import__", "__loader__", "__subclasses__",
  ]

  private static let capableNames: [String: Set<String>] = {
    let builtins: Set = [
      "apply", "breakpoint", "compile", "delattr", "eval", "exec", "execfile", "exit", "file",
      "globals", "help", "input", "locals", "open", "quit", "raw_input", "reload", "setattr",
      "vars",
    ]
    return [
      "builtins": builtins, "__builtin__": builtins, "torch": ["load", "import_ir_module"],
      "torch.jit": ["load"], "operator": ["methodcaller"], "types": ["CodeType", "FunctionType"],
      "numpy": ["fromfile", "load", "memmap"], "pandas": ["eval", "read_pickle"],
      "joblib": ["load"],
    ]
  }()

  private static let capableModules = [
    "http.client", "http.server", "logging.config", "logging.handlers", "numpy.testing",
    "numpy.f2py", "torch.hub", "torch.ops", "torch.package", "torch.serialization",
    "torch.utils.cpp_extension", "torch.utils.model_zoo",
  ]

  /// Packages whose functions run programs or code, or open files and connections.
  private static let capable: Set<String> = [
    "_ctypes", "_io", "_pickle", "_posixsubprocess", "_socket", "_thread", "asyncio", "atexit",
    "bdb", "cPickle", "cProfile", "code", "codecs", "codeop", "commands", "concurrent", "ctypes",
    "dbm", "distutils", "doctest", "ensurepip", "fileinput", "ftplib", "gc", "glob", "httplib",
    "idlelib", "imp", "importlib", "io", "lib2to3", "linecache", "marshal", "multiprocessing", "nt",
    "os", "pdb", "pickle", "pip", "pkg_resources", "pkgutil", "platform", "popen2", "posix",
    "posixpath", "profile", "pty", "pydoc", "requests", "runpy", "setuptools", "shelve", "shutil",
    "signal", "site", "smtplib", "socket", "socketserver", "sqlite3", "ssl", "subprocess", "sys",
    "sysconfig", "telnetlib", "tempfile", "threading", "timeit", "tracemalloc", "urllib", "urllib2",
    "venv", "webbrowser", "xmlrpc", "zipimport",
  ]

  /// Classes and constants of these modules that checkpoints contain.
  private static let harmless: [String: Set<String>] = [
    "_io": ["BytesIO", "StringIO"], "io": ["BytesIO", "StringIO"],
    "multiprocessing.context": ["DefaultContext", "SpawnContext", "ForkContext"],
    "os": ["stat_result", "terminal_size", "times_result", "uname_result"],
    "platform": ["uname_result"], "posix": ["stat_result", "times_result", "uname_result"],
    "signal": ["Handlers", "Sigmasks", "Signals"], "socket": ["AddressFamily", "SocketKind"],
    "subprocess": ["CompletedProcess"], "torch.serialization": ["_get_layout"],
    "urllib.parse": ["ParseResult", "SplitResult"],
  ]
}
