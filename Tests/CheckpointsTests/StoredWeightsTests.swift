import Checkpoints
import Files
import Foundation
import Testing

/// What PyTorch has saved, read element by element.
@Suite("Files of weights") struct StoredWeightsTests {
  private struct Expected: Decodable {
    var shape: [Int]
    var values: [Double]
  }

  @Test(arguments: [
    ("tiny.zip.pth", WeightsFile.Format.torchZip), ("tiny.legacy.pth", .torchLegacy),
    ("tiny.safetensors", .safetensors),
  ])
  func everyTensorHasPyTorchsValues(name: String, format: WeightsFile.Format) throws {
    let expected = try JSONDecoder().decode(
      [String: Expected].self, from: Fixtures.data("tiny.json"))
    let file = try WeightsFile(Fixtures.data(name))
    #expect(file.format == format)
    #expect(Set(file.tensors.map(\.name)) == Set(expected.keys))
    #expect(file.tensors.count == expected.count)
    for tensor in file.tensors {
      let truth = try #require(expected[tensor.name])
      #expect(tensor.shape == truth.shape, "\(tensor.name)")
      if tensor.type.isFloatingPoint {
        #expect(try tensor.values() == truth.values.map { Float($0) }, "\(tensor.name)")
      } else {
        #expect(tensor.name == "bn.num_batches_tracked")
        #expect(throws: UserError.self) { try tensor.values() }
      }
    }
  }

  @Test func typesAreThoseOfTheFile() throws {
    for name in ["tiny.zip.pth", "tiny.legacy.pth", "tiny.safetensors"] {
      let types = Dictionary(
        uniqueKeysWithValues: try WeightsFile(Fixtures.data(name)).tensors.map {
          ($0.name, $0.type)
        })
      #expect(types["plain"] == .float32 && types["half"] == .float16)
      #expect(types["bfloat"] == .bfloat16 && types["double"] == .float64)
      #expect(types["bn.num_batches_tracked"] == .int64)
    }
  }

  @Test func whatStandsBesideTheStateDictionaryIsNamed() throws {
    let file = try WeightsFile(Fixtures.data("resnet18.zip.pth"))
    #expect(file.others == ["epoch", "best"])
    #expect(file.tensors.count == 122)
    #expect(file.tensors.allSatisfy { $0.name.hasPrefix("module.") })
  }

  @Test func countersMayBeAbsent() throws {
    let file = try WeightsFile(Fixtures.data("resnet18-half.legacy.pth"))
    #expect(file.tensors.count == 102)
    #expect(file.tensors.allSatisfy { $0.type == .float16 })
  }

  /// A key that is a number, small, large, and beyond 64 bits.
  @Test(arguments: [
    ([0x4b, 7], "7"), (Pickle().integer(1 << 60).bytes.dropFirst(2).map(\.self), "\(1 << 60)"),
    ([0x8a, 9, 0, 0, 0, 0, 0, 0, 0, 0x80, 0], "0x0-0-0-0-0-0-0-80-0"),
  ])
  func storageKeyMayBeANumber(code: [UInt8], member: String) throws {
    let pickle = Pickle().code("}").text("w").tensor(shape: [6], strides: [1]) {
      $0.storage(count: 6) { $0.raw(code) }
    }.code("s.")
    let file = try WeightsFile(Pickle.archive(pickle, storages: [member: 24]))
    #expect(try file.tensors.map { try $0.values() } == [[Float](repeating: 0, count: 6)])
  }

  /// `OrderedDict([["w", tensor]])`, and a view of a storage: PyTorch on Python 2.
  @Test func dictionariesOfPython2AndViewsAreRead() throws {
    let pickle = Pickle().global("collections", "OrderedDict").code("]]").text("w").code("a")
      .tensor(shape: [2], strides: [1], offset: 1) {
        $0.code("(").raw([0x55, 7]).code("storage").global("torch", "FloatStorage").text("0")
          .text("cpu").integer(6).code("(").text("view").integer(3).integer(2).code("ttQ")
      }.code("aa").raw([0x85]).code("R.")
    var zip = ZipBuilder()
    zip.add("a/data.pkl", pickle.bytes)
    zip.add("a/data/0", (0..<6).flatMap { Pickle.integer(Int(Float($0).bitPattern), bytes: 4) })
    let tensors = try WeightsFile(zip.data).tensors
    #expect(tensors.map(\.name) == ["w"])
    #expect(try tensors[0].values() == [4, 5])
  }

  @Test func directoryOf64BitsIsRead() throws {
    var zip = ZipBuilder()
    zip.isWide = true
    zip.add(
      "a/data.pkl",
      Pickle().code("}").text("w").tensor(shape: [6], strides: [1]) { $0.storage(count: 6) }
        .code("s.").bytes)
    zip.add("a/data/0", [UInt8](repeating: 0, count: 24))
    #expect(refusal(zip.data) == nil)
  }

  /// Zero, subnormal, one, the largest, infinity and not a number.
  @Test func halvesOfEveryKind() throws {
    let halves: [Int] = [0, 0x8000, 1, 0x3ff, 0x400, 0x3c00, 0xc000, 0x7bff, 0x7c00, 0x7e00]
    let brains: [Int] = [0, 0x8000, 1, 0x7f, 0x80, 0x3f80, 0xc000, 0x7f7f, 0x7f80, 0x7fc0]
    func values(_ type: String, _ bits: [Int]) throws -> [Float] {
      let header =
        #"{"w":{"dtype":"\#(type)","shape":[\#(bits.count)],"data_offsets":[0,\#(2 * bits.count)]}}"#
      let bytes =
        Pickle.integer(header.utf8.count, bytes: 8) + Array(header.utf8)
        + bits.flatMap { Pickle.integer($0, bytes: 2) }
      return try WeightsFile(Data(bytes)).tensors[0].values()
    }
    let half = try values("F16", halves)
    #expect(
      half.dropLast() == [
        0, -0.0, 0x1p-24, 0x1.ff8p-15, 0x1p-14, 1, -2, 65504, .infinity,
      ])
    #expect(half[1].sign == .minus && half[9].isNaN)
    let brain = try values("BF16", brains)
    #expect(
      brain.dropLast() == [
        0, -0.0, 0x1p-133, 0x1.fcp-127, 0x1p-126, 1, -2, 0x1.fep127, .infinity,
      ])
    #expect(brain[1].sign == .minus && brain[9].isNaN)
  }
}
