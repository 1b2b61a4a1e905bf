import Files
import Foundation
import TestSupport
import Testing

/// Files that NumPy wrote, by `Fixtures/make_npy.py`: each holds 0, 1, 2, ... in row-major order.
@Suite("npy files of NumPy")
struct NumPyTests {
  private func fixture(_ name: String) -> URL {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures/npy/\(name).npy")
  }

  @Test(arguments: ["float32", "float32-version2", "float32-version3", "float32-fortran"])
  func everyVersionAndOrderReadsTheSame(_ name: String) throws {
    let (shape, values) = try NumPy.read(fixture(name), as: Float.self)
    #expect(shape == [2, 3, 4])
    #expect(values == (0..<24).map(Float.init))
  }

  @Test func scalarsAndEmptyArraysRead() throws {
    #expect(try NumPy.read(fixture("float32-scalar"), as: Float.self).shape == [])
    #expect(try NumPy.read(fixture("float32-scalar"), as: Float.self).values == [0])
    #expect(try NumPy.read(fixture("float32-empty"), as: Float.self).shape == [0, 3])
  }

  @Test func integersRead() throws {
    #expect(try NumPy.read(fixture("uint8"), as: UInt8.self).values == [0, 1, 2, 3, 4, 5])
    #expect(try NumPy.read(fixture("int64"), as: Int64.self).values == [0, 1, 2, 3, 4])
    #expect(try NumPy.elementType(of: fixture("int64"), among: ["|u1", "<i8"]) == "<i8")
  }

  @Test(arguments: [
    ("float32-big-endian", "holds >f4 (big endian), but <f4 is needed; save it with "),
    ("float64", "holds <f8, but <f4 is needed; save it with np.save(path, array.astype(\"<f4\"))"),
    ("bool", "holds |b1, but <f4 is needed"),
    ("records", "is not a readable .npy file: it holds records, not plain numbers"),
  ])
  func whatCannotBeReadSaysHowToConvertIt(_ name: String, _ message: String) throws {
    let url = fixture(name)
    let line = try #require(failure { _ = try NumPy.read(url, as: Float.self) })
    #expect(line.hasPrefix("\(url.path): \(message)"))
  }

  @Test(arguments: ["float32", "float32-version2", "float32-fortran", "records"])
  func everyTruncationIsAnError(_ name: String) throws {
    let temporary = try TemporaryFolder()
    let url = temporary.file("n.npy")
    let whole = try Data(contentsOf: fixture(name))
    for count in 0..<whole.count {
      try whole.prefix(count).write(to: url)
      #expect(failure { _ = try NumPy.read(url, as: Float.self) }?.hasPrefix(url.path) == true)
    }
    try (whole + Data([0])).write(to: url)
    #expect(failure { _ = try NumPy.read(url, as: Float.self) } != nil)
  }

  /// Headers made by hand; the contents are 24 bytes.
  @Test(arguments: [
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1152921504606846976,), }",
    "{'descr': '<f4', 'fortran_order': True, 'shape': (9223372036854775807, 2), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3, -1), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': 6, }",
    "{'descr': '<f4', 'fortran_order': Maybe, 'shape': (6,), }",
    "{'descr': '<f4', 'shape': (6,), }", "{'descr': '<f4', 'fortran_order': False, 'shape': (6",
    "{'descr': '<f4, 'fortran_order': False, 'shape': (6,), }", "{'descr'", "", "\u{0}",
  ])
  func headersThatDoNotMakeSenseAreErrors(_ header: String) throws {
    let temporary = try TemporaryFolder()
    let url = temporary.file("n.npy")
    let text = Data(header.utf8)
    let magic = Data([0x93]) + Data("NUMPY".utf8)
    for start in [[1, 0, UInt8(text.count), 0], [2, 0, UInt8(text.count), 0, 0, 0]] {
      try (magic + Data(start) + text + Data(repeating: 0, count: 24)).write(to: url)
      #expect(failure { _ = try NumPy.read(url, as: Float.self) }?.hasPrefix(url.path) == true)
    }
    // A header said to be longer than the file, and a version there is not.
    for start in [[3, 0, 255, 255, 255, 255], [4, 0, UInt8(text.count), 0, 0, 0]] as [[UInt8]] {
      try (magic + Data(start) + text + Data(repeating: 0, count: 24)).write(to: url)
      #expect(failure { _ = try NumPy.read(url, as: Float.self) }?.hasPrefix(url.path) == true)
    }
  }

  /// Labels of -100 or 256 must not become bytes.
  @Test(arguments: ["<i4", "<i2", "|i1", "<u2", "<i8"])
  func advisedTypeDoesNotWrap(_ type: String) throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).npy")
    defer { try? FileManager.default.removeItem(at: url) }
    let header = "{'descr': '\(type)', 'fortran_order': False, 'shape': (0,), }\n"
    let bytes = Data([0x93]) + Data("NUMPY".utf8) + Data([1, 0, UInt8(header.utf8.count), 0])
    try (bytes + Data(header.utf8)).write(to: url)
    let needed = ["|u1", "<f8"]
    let error = #expect(throws: UserError.self) { try NumPy.elementType(of: url, among: needed) }
    #expect(error?.problem.hasSuffix("array.astype(\"<f8\"))") == true)
  }

  @Test(
    arguments: [
      ([0x50, 0x4b, 3, 4], "it is an archive of arrays (np.savez); save one array with np.save"),
      ([0x80, 2, 0x7d, 0x71], "it is a pickle or a PyTorch file; save an array with np.save"),
    ] as [([UInt8], String)])
  func otherFormatsAreNamed(_ start: [UInt8], _ message: String) throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).npy")
    defer { try? FileManager.default.removeItem(at: url) }
    try Data(start + [UInt8](repeating: 0, count: 20)).write(to: url)
    let error = #expect(throws: (any Error).self) { try NumPy.read(url, as: Float.self) }
    #expect((error as? UserError)?.problem == "is not a readable .npy file: \(message)")
  }

  /// Stored with the first axis fastest, and read back; next to a walk over all places.
  @Test(arguments: [[7], [5, 3], [2, 3, 4], [11, 1, 5, 6], [1, 4, 2, 3, 3]])
  func theOrderOfAxesIsReversedAndBack(_ shape: [Int]) throws {
    let count = shape.reduce(1, *)
    func check<Element: NumPyElement & Equatable>(_ values: [Element]) throws {
      let url = URL(filePath: "n.npy")
      let data = try NumPy.encode(values, shape: shape, isColumnMajor: true, of: url)
      #expect(try NumPy.decode(data, as: Element.self, of: url).values == values)
      let stored = data.suffix(count * MemoryLayout<Element>.size).withUnsafeBytes {
        Array($0.bindMemory(to: Element.self))
      }
      for index in 0..<count {
        var (rest, place, step) = (index, 0, count)
        for extent in shape.reversed() {
          step /= extent
          place += rest % extent * step
          rest /= extent
        }
        #expect(stored[place] == values[index])
      }
    }
    try check((0..<count).map { UInt8(truncatingIfNeeded: $0) })
    try check((0..<count).map { Int32($0) })
    try check((0..<count).map { Double($0) })
  }

  /// No value, but extents whose product overflows.
  @Test func emptyArrayOfAnyExtentsReads() throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).npy")
    defer { try? FileManager.default.removeItem(at: url) }
    let extent = 1 << 62
    let header =
      "{'descr': '<f4', 'fortran_order': True, 'shape': (0, \(extent), \(extent)), }\n"
    let bytes = Data([0x93]) + Data("NUMPY".utf8) + Data([1, 0, UInt8(header.utf8.count), 0])
    try (bytes + Data(header.utf8)).write(to: url)
    #expect(try NumPy.read(url, as: Float.self).values.isEmpty)
  }

  /// Reading walks over all axes for each value.
  @Test func axesAreBounded() throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).npy")
    defer { try? FileManager.default.removeItem(at: url) }
    for (axes, isRead) in [(64, true), (65, false)] {
      let extents = String(repeating: "1,", count: axes)
      let header = "{'descr': '|u1', 'fortran_order': True, 'shape': (\(extents))}\n"
      let bytes = Data([0x93]) + Data("NUMPY".utf8) + Data([1, 0, UInt8(header.utf8.count), 0])
      try (bytes + Data(header.utf8) + [7]).write(to: url)
      let read = try? NumPy.read(url, as: UInt8.self)
      #expect((read?.values == [7] && read?.shape.count == axes) == isRead)
      #expect((read != nil) == isRead)
    }
  }
}
