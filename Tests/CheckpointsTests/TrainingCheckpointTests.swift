import Checkpoints
import Foundation
import Testing

/// What training scripts save beside weights: it is passed over, and nothing of it is run.
@Suite("Checkpoints of training scripts") struct TrainingCheckpointTests {
  /// A key and a value in a dictionary.
  private func entry(_ pickle: Pickle, _ key: String, _ value: (Pickle) -> Pickle) -> Pickle {
    value(pickle.text(key)).code("s")
  }

  private func weights(_ pickle: Pickle, name: String = "w") -> Pickle {
    entry(pickle.code("}"), name) {
      $0.tensor(shape: [6], strides: [1]) { $0.storage(count: 6) }
    }
  }

  private func file(_ pickle: Pickle) throws -> WeightsFile {
    try WeightsFile(Pickle.archive(pickle.code(".")))
  }

  /// Each value as Python pickles it with protocol 2.
  private static let values: [(String, @Sendable (Pickle) -> Pickle)] = [
    (
      "argparse.Namespace(lr=0.1)",
      {
        $0.global("argparse", "Namespace").code(")").raw([0x81]).code("}").text("lr").text("0.1")
          .code("sb")
      }
    ),
    (
      "numpy.float64(0.5)",
      {
        $0.global("numpy.core.multiarray", "scalar").global("numpy", "dtype").text("f8")
          .raw([0x89, 0x88, 0x87]).code("R(K").raw([3]).text("<").code("NNNJ").raw([
            255, 255, 255, 255,
          ])
          .code("J").raw([255, 255, 255, 255]).code("K").raw([0]).code("tb")
          .global("_codecs", "encode").text("\u{0}\u{e0}?").text("latin1").raw([0x86]).code("R")
          .raw([0x86]).code("R")
      }
    ),
    (
      "collections.Counter({3: 1})",
      {
        $0.global("collections", "Counter").code("}K").raw([3]).code("K").raw([1, 0x73, 0x85]).code(
          "R")
      }
    ),
    (
      "torch.Size([1, 2])",
      { $0.global("torch", "Size").code("K").raw([1]).code("K").raw([2, 0x86, 0x85]).code("R") }
    ),
    (
      "defaultdict(list, {1: None})",
      {
        $0.global("collections", "defaultdict").global("__builtin__", "list").raw([0x85]).code("RK")
          .raw([1]).code("Ns")
      }
    ),
    (
      "an object of the script's own class with a list in it",
      {
        $0.global("__main__", "Config").code(")").raw([0x81]).code("}").text("x").code("]K").raw([1]
        )
        .code("asb")
      }
    ),
    (
      "defaultdict(int) and range(3)",
      {
        $0.global("collections", "defaultdict").global("__builtin__", "long").raw([0x85]).code("RK")
          .raw([1]).global("__builtin__", "xrange").code("K").raw([0]).code("K").raw([3]).code("K")
          .raw([1, 0x87]).code("Rs")
      }
    ),
    (
      "logging.getLogger('a')",
      { $0.global("logging", "getLogger").text("a").raw([0x85]).code("R") }
    ),
    ("torch.float32", { $0.global("torch", "float32") }),
    (
      "pathlib.PosixPath('a')",
      { $0.global("pathlib", "PosixPath").text("a").raw([0x85]).code("R") }
    ),
    (
      "copy_reg._reconstructor(C, object, None)",
      {
        $0.global("copy_reg", "_reconstructor").global("utils.meter", "C")
          .global("__builtin__", "object").code("N").raw([0x87]).code("R")
      }
    ),
    (
      "collections.deque([1], maxlen=5)",
      {
        $0.global("collections", "deque").code(")K").raw([5, 0x86]).code("R(K").raw([1]).code("e")
      }
    ),
    (
      "Outer.Mode(1) by getattr",
      {
        $0.global("__builtin__", "getattr").global("my", "Outer").text("Mode").raw([0x86])
          .code("RK").raw([1, 0x85]).code("R")
      }
    ),
    (
      "{1, 2} and frozenset({1}) with protocol 4",
      {
        $0.raw([0x8f]).code("(K").raw([1]).code("K").raw([2, 0x90]).code("0(K").raw([1, 0x91])
      }
    ),
    (
      "an object made with arguments by name",
      { $0.global("my", "Class").code(")}").text("x").code("Ns").raw([0x92]) }
    ),
    ("bytearray(b'a')", { $0.raw([0x96, 1, 0, 0, 0, 0, 0, 0, 0, 0x61]) }),
    ("bytes of 64 bits of length", { $0.raw([0x8e, 1, 0, 0, 0, 0, 0, 0, 0, 0x61]) }),
    ("type(None)", { $0.global("__builtin__", "type").code("N").raw([0x85]).code("R") }),
    (
      "a class outside of ASCII",
      { $0.global("m\u{f6}del", "Gr\u{f6}\u{df}e").code(")").raw([0x81]) }
    ),
    (
      "an object with slots",
      {
        $0.global("my", "Slots").code(")").raw([0x81]).code("N}").text("x").code("Ns").raw([0x86])
          .code("b")
      }
    ),
    (
      "set([1])",
      { $0.global("__builtin__", "set").code("]K").raw([1]).code("a").raw([0x85]).code("R") }
    ),
  ]

  @Test(arguments: values.indices)
  func valueBesideTheWeightsIsPassedOver(index: Int) throws {
    let (name, value) = Self.values[index]
    var pickle = entry(Pickle().code("}"), "model") { weights($0) }
    pickle = entry(pickle, "extra", value)
    let found = try file(pickle)
    #expect(found.tensors.map(\.name) == ["w"], "\(name)")
    #expect(found.others == ["extra"], "\(name)")
    // Beside tensors, too.
    #expect(try file(entry(weights(Pickle()), "extra", value)).others == ["extra"], "\(name)")
  }

  /// An optimizer's tensors lie in dictionaries of their own.
  @Test func stateOfAnOptimizerIsPassedOver() throws {
    let state: (Pickle) -> Pickle = {
      entry($0.code("}"), "state") { weights($0.code("}K").raw([0]), name: "exp_avg").code("s") }
    }
    for first in [true, false] {
      var pickle = Pickle().code("}")
      if first { pickle = entry(pickle, "optimizer", state) }
      pickle = entry(pickle, "anything") { weights($0) }
      if !first { pickle = entry(pickle, "optimizer", state) }
      let found = try file(pickle)
      #expect(found.tensors.map(\.name) == ["w"] && found.others == ["optimizer"])
    }
  }

  @Test(arguments: ["net", "network", "params", "state_dict", "model_state", "whatever"])
  func dictionaryOfWeightsIsFound(name: String) throws {
    let pickle = entry(entry(Pickle().code("}"), "epoch") { $0.code("K").raw([3]) }, name) {
      weights($0)
    }
    #expect(try file(pickle).tensors.map(\.name) == ["w"])
    // In one more dictionary.
    let deeper = entry(Pickle().code("}"), "model") { entry($0.code("}"), name) { weights($0) } }
    #expect(try file(deeper).tensors.map(\.name) == ["w"])
  }

  /// A best score, the state of a generator, weights of the loss's classes.
  @Test func tensorsBesideTheDictionaryAreLeftOut() throws {
    let tensor: (Pickle) -> Pickle = {
      $0.tensor(shape: [6], strides: [1]) { $0.storage(count: 6) }
    }
    for isFirst in [true, false] {
      var pickle = Pickle().code("}")
      if isFirst { pickle = entry(pickle, "best_acc1", tensor) }
      pickle = entry(pickle, "state_dict") { entry(weights($0), "v", tensor) }
      if !isFirst { pickle = entry(pickle, "best_acc1", tensor) }
      let found = try file(pickle)
      #expect(found.tensors.map(\.name) == ["v", "w"] || found.tensors.map(\.name) == ["w", "v"])
      #expect(found.others == ["best_acc1"])
    }
    // Weights beside a smaller dictionary of tensors are the weights.
    let flat = entry(entry(weights(Pickle()), "v", tensor), "extra_state") {
      entry($0.code("}"), "scale", tensor)
    }
    #expect(try file(flat).tensors.count == 2)
  }

  @Test func severalDictionariesOfWeightsAreNamed() {
    var pickle = entry(Pickle().code("}"), "generator") { weights($0) }
    pickle = entry(pickle, "critic") { weights($0) }
    let line = refusal(Pickle.archive(pickle.code(".")))
    #expect(line?.contains("several dictionaries of tensors ('generator', 'critic')") == true)
  }

  @Test func fileWithoutTensorsShowsItsEntries() {
    let pickle = entry(entry(Pickle().code("}"), "epoch") { $0.code("K").raw([3]) }, "net") {
      $0.global("my.models", "UNet").code(")").raw([0x81])
    }
    let line = refusal(Pickle.archive(pickle.code(".")))
    #expect(
      line == "it holds no tensors; its entries are 'epoch' (a number), 'net' "
        + "(an object of my.models.UNet)")
    let whole = refusal(
      Pickle.archive(
        Pickle().global("torchvision.models.resnet", "ResNet").code(")").raw([0x81])
          .code(".")))
    #expect(whole?.contains("an object of torchvision.models.resnet.ResNet, a whole model") == true)
  }

  /// A name may stand for nothing, but not for code.
  @Test func callsOfObjectsMakeObjects() {
    let called = Pickle().global("my", "Class").code(")").raw([0x81]).code(")R.")
    #expect(refusal(Pickle.archive(called))?.contains("it holds an object of my.Class") == true)
    let hidden = entry(Pickle().code("}"), "args") {
      $0.global("functools", "partial").global("os", "system").raw([0x85]).code("R")
    }
    #expect(refusal(Pickle.archive(hidden.code(".")))?.contains("asks for 'os.system'") == true)
  }
}
