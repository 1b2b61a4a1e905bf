import Checkpoints
import Foundation
import Testing

/// Weights in whatever training scripts wrap them in.
@Suite("Wrapped weights") struct WrappedWeightsTests {
  private typealias Value = (Pickle) -> Pickle

  private func entry(_ key: String, _ value: @escaping Value) -> Value {
    { value($0.text(key)).code("s") }
  }

  private func dictionary(_ entries: Value...) -> Value {
    { entries.reduce($0.code("}")) { $1($0) } }
  }

  /// A dictionary of that many tensors, on a storage that all share.
  private func weights(_ count: Int = 2, prefix: String = "w") -> Value {
    { pickle in
      (0..<count).reduce(pickle.code("}")) { pickle, index in
        pickle.text("\(prefix)\(index)").tensor(shape: [6], strides: [1]) { $0.storage(count: 6) }
          .code("s")
      }
    }
  }

  /// An object of a class made from a dictionary, as its items or as its attributes.
  private func object(_ entries: Value..., module: String = "my", name: String = "EasyDict")
    -> Value
  {
    { entries.reduce($0.global(module, name).code(")").raw([0x81])) { $1($0) } }
  }

  private func attributes(_ entries: Value..., name: String = "Namespace") -> Value {
    {
      entries.reduce($0.global("argparse", name).code(")").raw([0x81]).code("}")) { $1($0) }
        .code("b")
    }
  }

  private func number(_ pickle: Pickle) -> Pickle { pickle.code("K").raw([3]) }

  private func file(_ value: Value) throws -> WeightsFile {
    try WeightsFile(Pickle.archive(value(Pickle()).code(".")))
  }

  private func problem(_ value: Value) -> String {
    refusal(Pickle.archive(value(Pickle()).code("."))) ?? "accepted"
  }

  @Test func placeIsFound() throws {
    let sd = weights()
    let tensor: Value = { $0.tensor(shape: [6], strides: [1]) { $0.storage(count: 6) } }
    let cases: [(Value, String)] = [
      (sd, ""),
      (dictionary(entry("state_dict", sd)), "['state_dict']"),
      (object(entry("model", sd)), "['model']"),
      (
        { pickle in
          sd(
            pickle.global("collections", "defaultdict").global("__builtin__", "dict").raw([0x85])
              .code("R").text("model")
          ).code("s")
        }, "['model']"
      ),
      (dictionary(entry("state_dict", object(entry("module", sd)))), "['state_dict']['module']"),
      (attributes(entry("model", sd), entry("epoch", number)), ".model"),
      (dictionary(entry("trainer", attributes(entry("net", sd)))), "['trainer'].net"),
      ({ number(sd($0)).raw([0x86]) }, "[0]"),
      ({ number(sd($0.code("]")).code("a")).code("a") }, "[0]"),
      (
        dictionary(entry("state", dictionary(entry("net", dictionary(entry("weights", sd)))))),
        "['state']['net']['weights']"
      ),
      (
        dictionary(
          entry("optimizer", dictionary(entry("state", dictionary(entry("w0", weights(9)))))),
          entry("run", dictionary(entry("parts", dictionary(entry("x", sd)))))),
        "['run']['parts']['x']"
      ),
      // Weights are not what an object beside them has as attributes.
      (
        dictionary(
          entry("prior", attributes(entry("loc", tensor), name: "Normal")),
          entry("run", dictionary(entry("x", sd)))),
        "['run']['x']"
      ),
      // A tensor lies beside the way to them.
      (
        dictionary(
          entry("run", dictionary(entry("large", weights(20)))), entry("best", tensor)),
        "['run']['large']"
      ),
    ]
    for (value, place) in cases {
      let found = try file(value)
      #expect(found.place == place)
      #expect(found.tensors.count == (place.contains("large") ? 20 : 2), "\(place)")
    }
  }

  /// Classes of dictionaries often keep each item as an attribute, too.
  @Test func itemsThatAreAttributesTooAreFoundOnce() throws {
    let tensor: Value = { $0.tensor(shape: [6], strides: [1]) { $0.storage(count: 6) } }
    let value: Value = {
      tensor(
        tensor($0.global("my", "EasyDict").code(")").raw([0x81]).text("w")).code("s}").text("w")
      ).code("sb")
    }
    #expect(try file(value).tensors.map(\.name) == ["w"])
    #expect(try file(dictionary(entry("net", value))).tensors.map(\.name) == ["w"])
  }

  @Test func severalPlacesAreNamed() {
    let two = dictionary(
      entry("student", dictionary(entry("net", weights()))),
      entry("teacher", dictionary(entry("net", weights()))))
    #expect(
      problem(two)
        == "it holds several dictionaries of tensors ('student.net', 'teacher.net'); save the one "
        + "with the weights alone, such as torch.save(torch.load(FILE)['student']['net'], "
        + "'weights.pth')")
    #expect(problem { weights()(weights()($0)).raw([0x86]) }.contains("('0', '1')"))
  }

  /// The same dictionary under two names is no choice, nor is one with far fewer tensors.
  @Test func oneOfSeveralIsClear() throws {
    let named: Value = {
      weights()($0.code("}").text("first")).code("q").raw([9]).code("s").text("second").code("h")
        .raw([9]).code("s")
    }
    #expect(try file(named).place == "['first']")
    let small = dictionary(entry("loss", weights(1)), entry("best", weights(30)))
    #expect(try file(small).place == "['best']")
  }

  @Test func entriesOfEntriesAreShown() {
    let value = dictionary(
      entry("epoch", number), entry("run", dictionary(entry("a", number), entry("b", number))))
    #expect(
      problem(value)
        == "it holds no tensors; its entries are 'epoch' (a number), 'run' (a dictionary of 'a', 'b')"
    )
    let tensor: Value = { $0.tensor(shape: [6], strides: [1]) { $0.storage(count: 6) } }
    let module = attributes(
      entry("anchors", tensor), entry("_parameters", dictionary()), entry("_modules", weights()),
      name: "Net")
    #expect(
      problem(dictionary(entry("net", module)))
        == "it holds no tensors; its entries are 'net' (an object of argparse.Net, a whole model); "
        + "save the model's state_dict()")
    #expect(problem(module).contains("a whole model perhaps"))
    #expect(problem { tensor($0).raw([0x85]) } == "it holds a tuple, not a dictionary of tensors")
    #expect(problem(object(entry("epoch", number))).hasPrefix("it holds no tensors; its entries"))
  }

  // MARK: Files that PyTorch has written

  /// Tensors with attributes and of classes of their own, in a Namespace in a list, beside some forty
  /// kinds of objects.
  @Test(arguments: [2, 4])
  func checkpointOfAScriptIsRead(version: Int) throws {
    let file = try WeightsFile(Fixtures.data("training-\(version).zip.pth"))
    #expect(file.place == "['trainer'][0].net")
    #expect(file.tensors.map(\.name) == ["plain", "tagged", "buffer", "subclass", "parameter"])
    #expect(file.unreadable.isEmpty && file.others == ["objects", "1"])
    for (tensor, count) in zip(file.tensors, 3...) {
      #expect(try tensor.values() == (0..<count).map(Float.init), "\(tensor.name)")
    }
  }

  @Test func tensorsThatCannotBeReadAreNamedByTheirKind() throws {
    let opaque: (String, String) -> Value = { module, name in
      { $0.global(module, name).code(")R") }
    }
    let tensor: Value = { $0.tensor(shape: [6], strides: [1]) { $0.storage(count: 6) } }
    let value = dictionary(
      entry("w", tensor), entry("a", opaque("torch._utils", "_rebuild_sparse_tensor")),
      entry("b", opaque("torch._utils", "_rebuild_qtensor")),
      entry("c", opaque("torch._utils", "_rebuild_meta_tensor_no_storage")))
    let found = try file(value)
    #expect(found.unreadable == ["a": "sparse", "b": "quantized", "c": "meta (without data)"])
    #expect(found.tensors.map(\.name) == ["w"])
    #expect(
      problem(dictionary(entry("a", opaque("torch._utils", "_rebuild_sparse_tensor"))))
        == "it holds no tensors; its entries are 'a' (a sparse tensor)")
  }

  /// `_rebuild_tensor_v3`: a storage of bytes with the type beside it.
  @Test func typesWithoutAStorageClassAreRead() throws {
    let tensor: (String) -> Value = { type in
      {
        $0.global("torch._utils", "_rebuild_tensor_v3").code("((").text("storage")
          .global("torch.storage", "UntypedStorage").text("0").text("cpu").integer(24).code("tQ")
          .integer(1).integers([2]).integers([1]).raw([0x89]).code("N").global("torch", type)
          .code("tR")
      }
    }
    let found = try file(
      dictionary(
        entry("a", tensor("uint16")), entry("b", tensor("float8_e5m2")),
        entry("c", tensor("float32")), entry("d", tensor("uint3"))))
    #expect(found.tensors.map(\.type) == [.uint16, .float8E5M2, .float32])
    #expect(try found.tensors[2].values() == [0, 0])
    #expect(found.unreadable == ["d": "torch.uint3"])
    #expect(throws: (any Error).self) { try found.tensors[1].values() }
  }

  @Test func complexWeightsAreNamed() throws {
    let value = dictionary(
      entry("w") { pickle in
        pickle.tensor(shape: [3], strides: [1]) { $0.storage("ComplexFloatStorage", count: 3) }
      })
    let tensor = try #require(try file(value).tensors.first)
    let problem = #expect(throws: (any Error).self) { try tensor.values() }
    #expect(
      problem.map { "\($0)" }
        == "'w' holds complex64 numbers, not floating-point ones of 16 to 64 bits")
  }
}
