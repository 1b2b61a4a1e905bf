import Checkpoints
import Foundation
import Testing

/// Whatever happens to a file, reading it ends with weights or with one clear line.
@Suite("Damaged files of weights") struct DamagedFilesTests {
  static let tiny = ["tiny.zip.pth", "tiny.legacy.pth", "tiny.safetensors"]

  @Test(arguments: tiny)
  func everyTruncationIsRefused(name: String) throws {
    let whole = try Fixtures.data(name)
    #expect(refusal(whole) == nil)
    for count in 0..<whole.count {
      let line = refusal(whole.prefix(count))
      #expect(line.map(isClear) == true, "\(count) bytes: \(line ?? "accepted")")
    }
  }

  /// Every byte: three of its bits turned, all ones, all zeros, and its successor.
  @Test(arguments: tiny)
  func noChangedByteDoesHarm(name: String) throws {
    let whole = try Fixtures.data(name)
    var (accepted, refused) = (0, 0)
    for position in whole.indices {
      let old = whole[position]
      for new in [old ^ 1, old ^ 8, old ^ 0x80, 0, 0xff, old &+ 1] where new != old {
        var changed = whole
        changed[position] = new
        if let line = refusal(changed) {
          refused += 1
          #expect(isClear(line), "byte \(position) is \(new): \(line)")
        } else {
          accepted += 1
        }
      }
    }
    // Weights themselves may be anything; names, sizes and places may not.
    #expect(accepted > 0 && refused > whole.count)
  }

  @Test(arguments: tiny)
  func noInsertedOrRemovedByteDoesHarm(name: String) throws {
    let whole = try Fixtures.data(name)
    for position in whole.indices {
      var shorter = whole
      shorter.remove(at: position)
      var longer = whole
      longer.insert(0, at: position)
      for changed in [shorter, longer] {
        if let line = refusal(changed) { #expect(isClear(line)) }
      }
    }
  }

  @Test func otherFilesAreRefused() {
    for bytes in [
      Data(), Data([0x80]), Data("PK".utf8), Data("PK\u{3}\u{4}".utf8), Data("hello\n".utf8),
      Data(repeating: 0, count: 1000), Data(repeating: 0xff, count: 1000),
      Data([0x80, 2, 0x4b, 1, 0x2e]),
      Data(Pickle.integer(1 << 20, bytes: 8)) + Data("{".utf8),
    ] {
      #expect(refusal(bytes).map(isClear) == true)
    }
  }

  private func expectRefusal(
    _ part: String, _ change: (inout ZipBuilder) -> Void,
    _ location: SourceLocation = #_sourceLocation
  ) {
    var zip = ZipBuilder()
    let pickle = Pickle().code("}").text("w").tensor(shape: [6], strides: [1]) {
      $0.storage(count: 6)
    }
    zip.add("a/data.pkl", pickle.code("s.").bytes)
    zip.add("a/data/0", [UInt8](repeating: 0, count: 24))
    #expect(refusal(zip.data) == nil, sourceLocation: location)
    change(&zip)
    let line = refusal(zip.data)
    #expect(line?.contains(part) == true, "\(line ?? "accepted")", sourceLocation: location)
  }

  @Test func zipThatLiesIsRefused() {
    expectRefusal("is compressed") { $0.members[1].method = 8 }
    expectRefusal("is encrypted") { $0.members[0].flags |= 1 }
    expectRefusal("has 20 bytes") { $0.members[1].size = 20 }
    expectRefusal("has 28 bytes") { $0.members[1].size = 28 }
    expectRefusal("reaches beyond its place") { $0.members[1].size = 1 << 20 }
    expectRefusal("directory is missing or damaged") { $0.members[1].packedSize = 23 }
    expectRefusal("directory is missing or damaged") { $0.members[1].size = 0xffff_ffff }
    expectRefusal("overlap") { $0.members[0].size = $0.members[0].bytes.count + 60 }
    expectRefusal("has another name") { $0.members[1].header = 0 }
    expectRefusal("damaged") { $0.members[1].header = 1 << 30 }
    expectRefusal("damaged") { $0.directoryStart = 1 << 30 }
    expectRefusal("damaged") { $0.directorySize = 1 << 30 }
    expectRefusal("does not have the stated size") { $0.entries = 1 }
    expectRefusal("damaged") { $0.entries = 60_000 }
    expectRefusal("two members") {
      $0.members[0].name = "a/data/0"; $0.members[0].localName = "a/data/0"
    }
    expectRefusal("it lacks data.pkl") {
      $0.members[0].name = "a/b"; $0.members[0].localName = "a/b"
    }
    expectRefusal("little endian") { $0.add("a/byteorder", Array("big".utf8)) }
    expectRefusal("TorchScript") { $0.add("a/constants.pkl", []) }
    expectRefusal("damaged") {
      $0.isWide = true
      $0.entries = .max
    }
    expectRefusal("an impossible size") {
      $0.isWide = true
      $0.directoryStart = -1
    }
  }

  private static func safetensors(_ header: String, _ bytes: Int) -> Data {
    Data(Pickle.integer(header.utf8.count, bytes: 8)) + Data(header.utf8) + Data(count: bytes)
  }

  @Test(arguments: [
    // Overlapping, beyond the end, with a gap, backwards, of the wrong size.
    (
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}"#,
      6
    ),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 4),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, 8),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#, 4),
    (#"{"a":{"dtype":"F16","shape":[1],"data_offsets":[0,4]}}"#, 4),
    (#"{"a":{"dtype":"F64","shape":[1],"data_offsets":[0,4]}}"#, 4),
    (#"{"a":{"dtype":"F6_E3M2","shape":[4],"data_offsets":[0,4]}}"#, 4),
    (#"{"a":{"dtype":"F32","shape":[9223372036854775807],"data_offsets":[0,4]}}"#, 4),
    (#"{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}"#, 0),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 5),
    (#"{"a":{"dtype":"F32","shape":[1]}}"#, 4), ("{\"a\":", 0),
    ("{" + String(repeating: "\"a\":{", count: 100_000), 0),
  ])
  func safetensorsThatLieAreRefused(header: String, bytes: Int) {
    #expect(refusal(Self.safetensors(header, bytes)).map(isClear) == true)
  }

  /// They may lie beside the weights.
  @Test(arguments: [("F8_E4M3", 1), ("F8_E5M2", 1), ("U16", 2), ("U32", 4), ("U64", 8), ("C64", 8)])
  func safetensorsOfOtherTypesAreNoWeights(type: String, size: Int) throws {
    let header = #"{"a":{"dtype":"\#(type)","shape":[4],"data_offsets":[0,\#(4 * size)]}}"#
    let tensor = try #require(try WeightsFile(Self.safetensors(header, 4 * size)).tensors.first)
    #expect(throws: (any Error).self) { try tensor.values() }
    #expect(refusal(Self.safetensors(header, 4 * size - 1)).map(isClear) == true)
  }
}
