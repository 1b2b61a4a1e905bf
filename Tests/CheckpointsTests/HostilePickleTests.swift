import Checkpoints
import Foundation
import Testing

/// Pickles that would run code, exhaust memory or make no sense in Python's own reader.
@Suite("Hostile pickles") struct HostilePickleTests {
  private func expectRefusal(
    _ pickle: Pickle, _ part: String, storages: [String: Int] = ["0": 24],
    _ location: SourceLocation = #_sourceLocation
  ) {
    let line = refusal(Pickle.archive(pickle, storages: storages))
    #expect(line?.contains(part) == true, "\(line ?? "accepted")", sourceLocation: location)
    #expect(line.map(isClear) == true, sourceLocation: location)
  }

  @Test(arguments: [
    ("os", "system"), ("posix", "system"), ("builtins", "eval"), ("__builtin__", "exec"),
    ("builtins", "__import__"), ("subprocess", "Popen"), ("torch", "load"), ("os", "path.join"),
    ("torch.serialization", "load"), ("torch.hub", "load"), ("", ""), ("builtins", "eval.__call__"),
    ("builtins", "open"), ("ctypes", "CDLL"), ("importlib", "import_module"), ("shutil", "rmtree"),
    ("logging", "os.system"), ("my.module", "function.__globals__"), ("pickle", "loads"),
    ("runpy", "run_path"), ("socket", "socket"), ("sys", "modules"), ("webbrowser", "open"),
    ("o\u{1b}[2Js", "system"),
  ])
  func nameOfWhatRunsCodeIsRefusedInEveryNotation(module: String, name: String) {
    let shown = "asks for '"
    expectRefusal(
      Pickle().global(module, name).text("touch /tmp/owned").raw([0x85]).code("R."), shown)
    expectRefusal(
      Pickle().text(module).text(name).raw([0x93]).text("x").raw([0x85]).code("R."), shown)
    // Below a dictionary that would otherwise do, or as the state of one.
    expectRefusal(Pickle().code("}").text("w").global(module, name).code("s."), shown)
    expectRefusal(Pickle().code("}").global(module, name).code("b."), shown)
  }

  @Test(arguments: [
    "(ios\nsystem\n.", "(cos\nsystem\no.", "Pos\n.", "S'x'\n.", "I1\n.", "L1L\n.", "F1\n.", "V1\n.",
    "g0\n.", "p0\n.", "2.", "\u{1}.",
  ])
  func instructionThatWeightsDoNotNeedIsRefused(codes: String) {
    expectRefusal(Pickle().code(codes), codes.contains("cos") ? "asks for" : "instruction 0x")
  }

  @Test(arguments: [
    [0x81], [0x92], [0x82, 1], [0x84, 1, 0, 0, 0], [0x97], [0x98],
  ])
  func laterInstructionIsRefused(codes: [UInt8]) {
    expectRefusal(Pickle().code("})").raw(codes).code("."), "instruction 0x")
  }

  /// `getattr` in Python may reach what the class's module has imported.
  @Test func attributesAreNamesToo() {
    for (owner, name) in [("my.Class", "__globals__"), ("os.path", "os"), ("my.Class", "")] {
      let parts = owner.split(separator: ".").map(String.init)
      expectRefusal(
        Pickle().global("__builtin__", "getattr").global(parts[0], parts[1]).text(name)
          .raw([0x86]).code("R."), "asks for '")
    }
    // Many attributes of attributes do not make a long name.
    var pickle = Pickle().global("my", "Class").code("q").raw([0]).code("0h").raw([0])
    for _ in 0..<300 {
      pickle = pickle.code("q").raw([1]).code("0").global("builtins", "getattr").code("h").raw([1])
        .text("abc").raw([0x86]).code("R")
    }
    expectRefusal(pickle.code("."), "a name does not end")
  }

  /// A tensor of a class whose function is another such tensor's, and so on.
  @Test func tensorsOfClassesAreNotNested() {
    var pickle = Pickle().code(")")
    for _ in 0..<10_000 {
      pickle = pickle.code("q").raw([0]).code("0").global("torch._tensor", "_rebuild_from_type_v2")
        .global("my", "Tensor").code("h").raw([0]).raw([0x87])
    }
    pickle = pickle.code("q").raw([0]).code("0").global("torch._tensor", "_rebuild_from_type_v2")
      .code("h").raw([0]).code("R.")
    expectRefusal(pickle, "a custom tensor, not a dictionary")
  }

  /// A state of 1000 attributes is set in object after object.
  @Test func repeatedStateIsBounded() {
    var pickle = Pickle().code("}(")
    for key in 0..<1000 { pickle = pickle.integer(key).code("N") }
    pickle = pickle.code("uq").raw([0]).code("0").global("my", "Class").code("q").raw([1]).code("0")
    let again: [UInt8] = [0x68, 1, 0x29, 0x81, 0x68, 0, 0x62, 0x30]
    let more = pickle.raw((0..<2000).flatMap { _ in again })
    expectRefusal(more.code("}."), "longer than that of any network")
    let arguments = pickle.raw(
      (0..<2000).flatMap { _ in [0x68, 1, 0x68, 0, 0x85, 0x52, 0x30] as [UInt8] })
    expectRefusal(arguments.code("}."), "longer than that of any network")
  }

  @Test func objectsThatHoldThemselvesCostNothing() {
    let object = Pickle().global("my", "Dict").code(")").raw([0x81]).code("q").raw([0])
    // As its own entry, and as its own state.
    expectRefusal(object.text("model").code("h").raw([0]).code("s."), "my.Dict")
    expectRefusal(object.code("h").raw([0]).code("b."), "my.Dict")
    expectRefusal(
      object.code("}").text("state_dict").code("h").raw([0]).code("sb."), "no tensors")
  }

  @Test func callOfWhatCannotBeCalled() {
    expectRefusal(Pickle().text("os.system").code(")R."), "a text is called")
    expectRefusal(Pickle().code("}}R."), "a dictionary is called")
    expectRefusal(Pickle().global("torch", "FloatStorage").code(")R."), "without its data")
    expectRefusal(Pickle().global("collections", "OrderedDict").code("NR."), "called with None")
    expectRefusal(
      Pickle().global("torch._utils", "_rebuild_parameter").code("(NNNtR."), "not made of a tensor")
  }

  @Test func storageNamedByNonsense() {
    for fields in ["N", "}", "(t", "(NNNNNt", "(NNNNNNNt"] {
      expectRefusal(Pickle().code(fields + "Q."), "storage")
    }
    expectRefusal(
      Pickle().code("(").text("module").code("NNNtQ."), "a whole pickled model")
    let one = { (count: Int, key: String) in
      { (p: Pickle) in p.storage(count: count) { $0.text(key) } }
    }
    for count in [-1, .min] {
      expectRefusal(
        Pickle().code("}").text("w").tensor(shape: [1], strides: [1], one(count, "0")).code("s."),
        "storage")
    }
    for count in [5, 7, 1 << 40, .max] {
      expectRefusal(
        Pickle().code("}").text("w").tensor(shape: [1], strides: [1], one(count, "0")).code("s."),
        "has 24 bytes")
    }
    expectRefusal(
      Pickle().code("}").text("w").tensor(shape: [1], strides: [1], one(6, "../data.pkl"))
        .code("s."), "is missing")
    // One storage as two kinds of numbers.
    expectRefusal(
      Pickle().code("}").text("v").tensor(shape: [1], strides: [1]) { $0.storage(count: 6) }
        .code("s").text("w").tensor(shape: [1], strides: [1]) {
          $0.storage("HalfStorage", count: 6)
        }.code("s."), "two types")
  }

  @Test(arguments: [
    ([7], [1], 0), ([6], [1], 1), ([2, 3], [3, 2], 0), ([2], [.max], 0), ([.max], [0], 0),
    ([-1], [1], 0), ([2], [-1], 3), ([1], [1], -1), ([1], [1], .max), ([6], [1, 1], 0),
    ([7], [0], 0), ([3, 3], [1, 1], 0), ([1 << 32, 1 << 32], [0, 0], 0),
    ([.max, .max], [1, 1], 0),
    ([3, .max], [.max, .max], 0),
    ([Int](repeating: 1, count: 65), [Int](repeating: 1, count: 65), 0),
  ])
  func tensorBeyondItsStorageIsRefused(shape: [Int], strides: [Int], offset: Int) {
    let line = refusal(Pickle.weights(shape: shape, strides: strides, offset: offset))
    #expect(line.map(isClear) == true, "\(line ?? "accepted")")
  }

  @Test(arguments: [
    ([6], [1], 0), ([2, 3], [3, 1], 0), ([3, 2], [1, 3], 0), ([], [], 5), ([0], [.max], 0),
    ([1], [.max], 5), ([0, .max], [1, 1], 5), ([2, 2], [2, 2], 1),
  ])
  func tensorWithinItsStorageIsRead(shape: [Int], strides: [Int], offset: Int) {
    #expect(refusal(Pickle.weights(shape: shape, strides: strides, offset: offset)) == nil)
  }

  @Test func depthAndCyclesCostNothing() {
    let deep = 300_000
    for codes in ["]", ")", "}"] {
      let more = codes == ")" ? [UInt8](repeating: 0x85, count: deep) : []
      let open = codes == ")" ? codes : String(repeating: codes, count: deep)
      expectRefusal(
        Pickle().code(open).raw(more).code(
          String(repeating: "a", count: codes == "]" ? deep - 1 : 0)
        )
        .code("."), codes == "}" ? "no tensor" : "not a dictionary")
    }
    // A list that holds itself; a dictionary that is its own key and value.
    expectRefusal(Pickle().raw([0x5d, 0x71, 0, 0x68, 0, 0x61]).code("."), "not a dictionary")
    expectRefusal(
      Pickle().code("}q").raw([0]).code("h").raw([0]).code("h").raw([0]).code("s."), "no tensor")
    expectRefusal(
      Pickle().code("}q").raw([0]).text("state_dict").code("h").raw([0]).code("s."), "no tensor")
  }

  /// A list of a thousand pairs is named again and again, at five bytes each.
  @Test func repetitionIsBounded() {
    var pickle = Pickle().global("collections", "OrderedDict").code("q").raw([0]).code("](")
    for _ in 0..<1000 { pickle = pickle.code("NN").raw([0x86]) }
    pickle = pickle.code("e").raw([0x85]).code("q").raw([1]).code("0")
    let again: [UInt8] = [0x68, 0, 0x68, 1, 0x52, 0x30]
    pickle = pickle.raw((0..<2000).flatMap { _ in again })
    expectRefusal(pickle.code("}."), "longer than that of any network")
    expectRefusal(
      Pickle().code(String(repeating: "]0", count: 1_100_000)).code("}."),
      "longer than that of any network")
    expectRefusal(
      Pickle().code("X").raw(Pickle.integer(17 << 20, bytes: 4))
        .raw([UInt8](repeating: 0x61, count: 17 << 20)).code("."), "longer than")
  }

  /// A dictionary of 100,000 numbers, named 100,000 times: each is looked into once.
  @Test(.timeLimit(.minutes(1))) func dictionaryNamedManyTimesIsLookedIntoOnce() {
    var pickle = Pickle().code("}(")
    for key in 0..<100_000 {
      pickle = pickle.code("J").raw(Pickle.integer(key, bytes: 4)).code("N")
    }
    pickle = pickle.code("uq").raw([0]).code("0}(")
    let again = (0..<100_000).flatMap { key -> [UInt8] in
      [UInt8(ascii: "X"), 6, 0, 0, 0] + Array("\(100_000 + key)".utf8) + [0x68, 0]
    }
    expectRefusal(pickle.raw(again).code("u."), "no tensors")
  }

  @Test func statedSizesAllocateNothing() {
    for (code, width) in [("X", 4), ("T", 4), ("B", 4), ("U", 1), ("C", 1)] {
      expectRefusal(
        Pickle().code(code).raw([UInt8](repeating: 0xff, count: width)).code("."), "is cut off")
    }
    expectRefusal(
      Pickle().raw([0x8d] + [UInt8](repeating: 0xff, count: 8)), "an impossible size")
    for code in [0x8d, 0x8e, 0x96] as [UInt8] {
      expectRefusal(
        Pickle().raw([code] + [UInt8](repeating: 0xff, count: 7) + [0x7f]), "is cut off")
    }
    expectRefusal(Pickle().raw([0x8a, 0xff, 1]), "is cut off")
    expectRefusal(Pickle().raw([0x8b, 0xff, 0xff, 0xff, 0x7f]), "instruction 0x8b")
    expectRefusal(Pickle().code("r").raw([0xff, 0xff, 0xff, 0xff]), "stack is empty")
    expectRefusal(Pickle().code("j").raw([0xff, 0xff, 0xff, 0xff]), "nothing was kept")
    expectRefusal(
      Pickle().code("c" + String(repeating: "a", count: 1000)), "a name that does not end")
  }

  @Test(arguments: [
    ".", "t.", "R.", "a.", "]a.", "(a.", "(]a.", "}s.", "}Ns.", "}(Nu.", "]}s.", "Ne.", "(N.", "b.",
    "}b.", "NNb.", "Q.", "q\0.", "1.", "0.", "(0.", "N", "NN", "(N0.", "))t.", "d.", "l.",
  ])
  func nonsenseIsRefused(codes: String) {
    let line = refusal(Pickle.archive(Pickle().code(codes)))
    #expect(line.map(isClear) == true)
  }

  @Test func sameNameTwiceIsRefused() {
    let twice = Pickle().code("}").text("w").tensor(shape: [1], strides: [1]) {
      $0.storage(count: 6)
    }.code("q").raw([9]).code("s").text("w").code("h").raw([9]).code("s.")
    expectRefusal(twice, "two entries 'w'")
  }

  @Test func protocolAndRestAreChecked() {
    for version in [0, 1, 6, 255] as [UInt8] {
      expectRefusal(Pickle().raw([0x80, version]).code("}."), "protocol \(version)")
    }
    expectRefusal(Pickle().code("}.N"), "something follows")
  }
}
