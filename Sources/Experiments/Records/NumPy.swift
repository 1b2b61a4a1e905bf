import Checkpoints
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

/// NumPy's `.npy` files, version 1.0, row-major.
/// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
package enum NumPy {
  private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0]

  /// Writes atomically. Traps if the values do not fit the shape.
  package static func write<Element: NumPyElement>(
    _ values: [Element], shape: [Int], to url: URL
  ) throws {
    precondition(shape.checkedProduct == values.count)
    let extents = shape.map { "\($0)" }.joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var header =
      "{'descr': '\(Element.descriptor)', 'fortran_order': False, 'shape': (\(extents)), }"
    let filled = magic.count + 2 + header.utf8.count + 1
    header += String(repeating: " ", count: (64 - filled % 64) % 64) + "\n"
    guard let length = UInt16(exactly: header.utf8.count) else {
      throw UserError(path: url.path, problem: "an array of \(shape.count) axes cannot be stored")
    }
    var data = Data(magic)
    data.append(contentsOf: [UInt8(length & 0xff), UInt8(length >> 8)])
    data.append(Data(header.utf8))
    values.withUnsafeBytes { data.append(contentsOf: $0) }
    try AtomicFile.write(data, to: url)
  }

  /// - Throws: `UserError` naming the file if it is no such array of `Element`.
  package static func read<Element: NumPyElement>(
    _ url: URL, as type: Element.Type = Element.self
  ) throws -> (shape: [Int], values: [Element]) {
    let data = try AtomicFile.read(url)
    func damaged(_ what: String) -> UserError {
      UserError(path: url.path, problem: "is not a readable .npy file: \(what)")
    }
    let bytes = [UInt8](data.prefix(magic.count + 2))
    guard bytes.count == magic.count + 2, bytes.starts(with: magic) else {
      throw damaged("no version 1.0 header")
    }
    let start = bytes.count + Int(bytes[magic.count]) + Int(bytes[magic.count + 1]) << 8
    guard data.count >= start else { throw damaged("its header is cut off") }
    let text = String(
      decoding: data.dropFirst(bytes.count).prefix(start - bytes.count), as: UTF8.self)
    guard text.contains("'descr': '\(Element.descriptor)'"),
      text.contains("'fortran_order': False"), let shape = shape(in: text)
    else { throw damaged("not a row-major array of \(Element.descriptor)") }
    let size = MemoryLayout<Element>.size
    guard let count = shape.checkedProduct, count <= data.count,
      data.count - start == count * size
    else { throw damaged("its contents do not fit its shape \(shape)") }
    let values = [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
      let from = data.startIndex + start
      data[from..<from + count * size].withUnsafeBytes {
        UnsafeMutableRawBufferPointer(buffer).copyMemory(from: $0)
      }
      initialized = count
    }
    return (shape, values)
  }

  private static func shape(in header: String) -> [Int]? {
    guard let key = header.range(of: "'shape': ("),
      let end = header[key.upperBound...].firstIndex(of: ")")
    else { return nil }
    var shape: [Int] = []
    for part in header[key.upperBound..<end].split(separator: ",") {
      let digits = part.trimmingCharacters(in: .whitespaces)
      if digits.isEmpty { continue }
      guard let extent = Int(digits) else { return nil }
      shape.append(extent)
    }
    return shape
  }
}
