import Checkpoints
import Experiments
import Files
import Foundation
import TestSupport
import Testing

@Suite("safetensors and npy files")
struct StoredFilesTests {
  private static let arrays = [
    NamedArray(name: "b", shape: [2, 3], values: [1, -2, .infinity, 0.1, -0, 6]),
    NamedArray(name: "a", shape: [0], values: []),
    NamedArray(name: "c", shape: [], values: [.leastNonzeroMagnitude]),
  ]

  private static func file(_ header: String, _ bytes: Int, length: UInt64? = nil) -> Data {
    var data = Data()
    withUnsafeBytes(of: (length ?? UInt64(header.utf8.count)).littleEndian) {
      data.append(contentsOf: $0)
    }
    return data + Data(header.utf8) + Data(repeating: 0, count: bytes)
  }

  @Test func tensorsReadBackBitForBit() throws {
    let temporary = try TemporaryFolder()
    let url = temporary.file("t")
    try SafeTensors.write(Self.arrays, metadata: ["k\"": "v\n"], to: url)
    let (read, metadata) = try SafeTensors.read(url)
    #expect(metadata == ["k\"": "v\n"])
    for expected in Self.arrays {
      let array = try #require(read.first { $0.name == expected.name })
      #expect(array.shape == expected.shape)
      #expect(array.values.map(\.bitPattern) == expected.values.map(\.bitPattern))
    }
    #expect(read.count == 3)
    #expect(try temporary.names == ["t"])
  }

  @Test func everyTruncationIsAnError() throws {
    let temporary = try TemporaryFolder()
    let url = temporary.file("t")
    try SafeTensors.write(Self.arrays, metadata: ["k": "v"], to: url)
    let whole = try Data(contentsOf: url)
    for count in 0..<whole.count {
      try whole.prefix(count).write(to: url)
      #expect(failure { _ = try SafeTensors.read(url) }?.hasPrefix(url.path) == true)
    }
  }

  @Test(arguments: [
    file("{}", 1), file("[]", 0), file("", 0), file("{}", 0, length: .max),
    file("{}", 0, length: 1 << 63), file("{\"a\":1}", 0), file("{\"__metadata__\":{\"a\":1}}", 0),
    file(#"{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}"#, 4),
    file(#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, 4),
    file(#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, 8),
    file(#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}"#, 4),
    file(#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}"#, 4),
    file(#"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,-4]}}"#, 4),
    file(#"{"a":{"dtype":"F32","shape":[-1,-1],"data_offsets":[0,4]}}"#, 4),
    file(#"{"a":{"dtype":"F32","shape":[9223372036854775807,2],"data_offsets":[0,4]}}"#, 4),
    file(#"{"a":{"dtype":"F32","shape":[4611686018427387904],"data_offsets":[0,0]}}"#, 0),
    file(#"{"a":{"dtype":"F32","shape":[1e400],"data_offsets":[0,4]}}"#, 4),
    file(
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"#
        + #""b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 4),
  ])
  func hostileTensorsAreAnError(data: Data) throws {
    let temporary = try TemporaryFolder()
    let url = temporary.file("t")
    try data.write(to: url)
    #expect(failure { _ = try SafeTensors.read(url) }?.hasPrefix(url.path) == true)
  }

  @Test func numbersReadBackTheSame() throws {
    let temporary = try TemporaryFolder()
    let url = temporary.file("n.npy")
    func check<Element: NumPyElement & Equatable>(_ values: [Element], _ shape: [Int]) throws {
      try NumPy.write(values, shape: shape, to: url)
      let (readShape, read) = try NumPy.read(url, as: Element.self)
      #expect(readShape == shape)
      #expect(read == values)
      let bytes = values.count * MemoryLayout<Element>.size
      #expect((try Data(contentsOf: url).count - bytes) % 64 == 0)
    }
    try check([Int32.min, 0, .max, 1, 2, 3], [2, 3])
    try check([Int64.min, .max], [2])
    try check([Float.pi], [])
    try check([UInt8](0...255), [4, 8, 8])
    try check([Int32](), [0, 3, 3])
  }

  /// The bytes that NumPy itself writes for `numpy.array([[1, 2]], dtype="<i4")`.
  @Test func headerIsNumPysOwn() throws {
    let temporary = try TemporaryFolder()
    let url = temporary.file("n.npy")
    try NumPy.write([Int32(1), 2], shape: [1, 2], to: url)
    let text = "{'descr': '<i4', 'fortran_order': False, 'shape': (1, 2), }"
    var expected = Data([0x93]) + Data("NUMPY".utf8) + Data([1, 0, 118, 0]) + Data(text.utf8)
    expected += Data(repeating: 0x20, count: 127 - expected.count) + Data([0x0a])
    expected += Data([1, 0, 0, 0, 2, 0, 0, 0])
    #expect(try Data(contentsOf: url) == expected)
  }

  @Test func damagedNumbersAreAnError() throws {
    let temporary = try TemporaryFolder()
    let url = temporary.file("n.npy")
    try NumPy.write([Int32(1), 2, 3, 4], shape: [2, 2], to: url)
    let whole = try Data(contentsOf: url)
    #expect(failure { _ = try NumPy.read(url, as: Float.self) } != nil)
    for count in 0..<whole.count {
      try whole.prefix(count).write(to: url)
      #expect(failure { _ = try NumPy.read(url, as: Int32.self) }?.hasPrefix(url.path) == true)
    }
    let header = String(decoding: whole[10..<128], as: UTF8.self)
    for shape in ["(-2, -2)", "(2, 9223372036854775807)", "(2, x)", "(2, 3)", "2, 2", "(1, 1)"] {
      let text = header.replacingOccurrences(of: "(2, 2)", with: shape)
      let changed = text.padding(toLength: 118, withPad: " ", startingAt: 0)
      try (whole.prefix(10) + Data(changed.utf8) + whole.suffix(16)).write(to: url)
      #expect(failure { _ = try NumPy.read(url, as: Int32.self) } != nil, "\(shape)")
    }
  }
}
