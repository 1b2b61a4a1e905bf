import Foundation

/// A number type that `NumPy` can store.
package protocol NumPyElement: BitwiseCopyable, Sendable {
  /// NumPy's name of the type, little endian.
  static var descriptor: String { get }
}
extension UInt8: NumPyElement { package static var descriptor: String { "|u1" } }
extension Int32: NumPyElement { package static var descriptor: String { "<i4" } }
extension Int64: NumPyElement { package static var descriptor: String { "<i8" } }
extension Float: NumPyElement { package static var descriptor: String { "<f4" } }
extension Double: NumPyElement { package static var descriptor: String { "<f8" } }

/// NumPy's `.npy` files. Reads what `np.save` writes for the types above, in either order of axes
/// and with any version of the header; writes version 1.0, row-major.
package enum NumPy {
  private static let magic = NumPyHeader.magic + [1, 0]

  /// Writes atomically. Traps if the values do not fit the shape.
  package static func write<Element: NumPyElement>(
    _ values: [Element], shape: [Int], to url: URL
  ) throws {
    try AtomicFile.write(try encode(values, shape: shape, of: url), to: url)
  }

  /// The bytes of a file. Traps if the values do not fit the shape.
  ///
  /// - Parameters:
  ///   - values: in row-major order; if `isColumnMajor`, they are stored so that the first axis
  ///     runs fastest, which NumPy undoes.
  ///   - url: the file that the error names.
  package static func encode<Element: NumPyElement>(
    _ values: [Element], shape: [Int], isColumnMajor: Bool = false, of url: URL
  ) throws(UserError) -> Data {
    precondition(shape.checkedProduct == values.count)
    let extents = shape.map { "\($0)" }.joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var header =
      "{'descr': '\(Element.descriptor)', 'fortran_order': \(isColumnMajor ? "True" : "False"), "
      + "'shape': (\(extents)), }"
    let filled = magic.count + 2 + header.utf8.count + 1
    header += String(repeating: " ", count: (64 - filled % 64) % 64) + "\n"
    guard let length = UInt16(exactly: header.utf8.count) else {
      throw UserError(path: url.path, problem: "an array of \(shape.count) axes cannot be stored")
    }
    var data = Data(magic)
    data.append(contentsOf: [UInt8(length & 0xff), UInt8(length >> 8)])
    data.append(Data(header.utf8))
    // Reading the reversed shape column by column inverts reading the shape column by column.
    let isReordered = isColumnMajor && !values.isEmpty
    let stored = isReordered ? rowMajor(values, shape.reversed()) : values
    stored.withUnsafeBytes { data.append(contentsOf: $0) }
    return data
  }

  /// The values in row-major order.
  /// - Throws: `UserError` that names the file if it is not such an array of `Element`.
  package static func read<Element: NumPyElement>(
    _ url: URL, as type: Element.Type = Element.self
  ) throws -> (shape: [Int], values: [Element]) {
    try decode(AtomicFile.read(url), of: url)
  }

  /// The values of a file's bytes in row-major order.
  /// - Throws: `UserError` that names the file if it is not such an array of `Element`.
  package static func decode<Element: NumPyElement>(
    _ data: Data, as type: Element.Type = Element.self, of url: URL
  ) throws -> (shape: [Int], values: [Element]) {
    let header = try header(data, url)
    guard header.descriptor == Element.descriptor else {
      throw UserError(
        path: url.path, problem: mismatch(header.descriptor, needed: [Element.descriptor]))
    }
    let size = MemoryLayout<Element>.size
    // The count is checked against the file before anything of that size is asked for.
    guard let count = header.shape.checkedProduct, count <= data.count,
      data.count - header.length == count * size
    else { throw damaged(url, "its contents do not fit its shape \(header.shape)") }
    let values = [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
      let from = data.startIndex + header.length
      data[from..<from + count * size].withUnsafeBytes {
        UnsafeMutableRawBufferPointer(buffer).copyMemory(from: $0)
      }
      initialized = count
    }
    // Without values, the strides of other axes might overflow.
    let isReordered = header.isColumnMajor && !values.isEmpty
    return (header.shape, isReordered ? rowMajor(values, header.shape) : values)
  }

  /// The name of the element type of an array, one of `needed`.
  /// - Throws: `UserError` that names the file, what it holds and how to convert it.
  package static func elementType(of url: URL, among needed: [String]) throws -> String {
    let found = try header(AtomicFile.read(url), url).descriptor
    guard needed.contains(found) else {
      throw UserError(path: url.path, problem: mismatch(found, needed: needed))
    }
    return found
  }

  private static func header(_ data: Data, _ url: URL) throws -> NumPyHeader {
    do { return try NumPyHeader(data) } catch { throw damaged(url, error.description) }
  }

  private static func damaged(_ url: URL, _ what: String) -> UserError {
    UserError(path: url.path, problem: "is not a readable .npy file: \(what)")
  }

  private static func mismatch(_ found: String, needed: [String]) -> String {
    let bigEndian = found.hasPrefix(">") ? " (big endian)" : ""
    return "holds \(found)\(bigEndian), but \(needed.joined(separator: " or ")) is needed; save it "
      + "with np.save(path, array.astype(\"\(advised(found, needed))\"))"
  }

  /// The needed type that loses least. An unsigned byte only for what is one already: negative labels
  /// and those above 255 would wrap.
  private static func advised(_ found: String, _ needed: [String]) -> String {
    let isByte = ["u1", "b1"].contains { found.hasSuffix($0) }
    return needed.first { ($0 == UInt8.descriptor) == isByte } ?? needed[0]
  }

  /// From first axis fastest to last axis fastest.
  private static func rowMajor<Element: NumPyElement>(
    _ values: [Element], _ shape: [Int]
  ) -> [Element] {
    [Element](unsafeUninitializedCapacity: values.count) { buffer, initialized in
      let out = UnsafeMutableRawBufferPointer(buffer)
      values.withUnsafeBytes {
        AxisReversal(shape).copy($0, size: MemoryLayout<Element>.size, to: out)
      }
      initialized = values.count
    }
  }
}
