import Foundation

/// The contents of the header of a `.npy` file, versions 1.0 to 3.0.
///
/// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
struct NumPyHeader {
  /// NumPy's name of the element type, such as `<f4`.
  var descriptor = ""
  /// Whether the first axis, not the last, runs fastest.
  var isColumnMajor = false
  var shape: [Int] = []
  /// Bytes before the contents.
  let length: Int

  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// Why a header cannot be read.
  struct Problem: Error { var description: String }

  init(_ file: Data) throws(Problem) {
    let start = [UInt8](file.prefix(12))
    if start.starts(with: [0x50, 0x4b, 3, 4]) {
      throw Problem(
        description: "it is an archive of arrays (np.savez); save one array with np.save")
    }
    if start.starts(with: [0x80]) {
      throw Problem(description: "it is a pickle or a PyTorch file; save an array with np.save")
    }
    guard start.count == 12, start.starts(with: Self.magic) else {
      throw Problem(description: "it has no NumPy header")
    }
    // The header's length takes two bytes in version 1 and four in later ones, little endian.
    let major = start[6]
    guard (1...3).contains(major) else { throw Problem(description: "version \(major)") }
    let sized = major == 1 ? 10 : 12
    length = sized + start[8..<sized].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= file.count else { throw Problem(description: "its header is cut off") }
    let text = String(decoding: file.dropFirst(sized).prefix(length - sized), as: UTF8.self)
    try read(text)
  }

  /// A Python dictionary with the keys `descr`, `fortran_order` and `shape`, in any order.
  private mutating func read(_ text: String) throws(Problem) {
    guard let descriptor = Self.value(of: "descr", in: text),
      let order = Self.value(of: "fortran_order", in: text),
      let extents = Self.value(of: "shape", in: text)
    else { throw Problem(description: "its header lacks descr, fortran_order, or shape") }
    guard let quote = descriptor.first, quote == "'" || quote == "\"",
      let end = descriptor.dropFirst().firstIndex(of: quote)
    else { throw Problem(description: "it holds records, not plain numbers") }
    self.descriptor = String(descriptor.dropFirst()[..<end])
    guard order.hasPrefix("True") || order.hasPrefix("False"),
      let shape = Self.tuple(extents)
    else { throw Problem(description: "its header does not make sense") }
    isColumnMajor = order.hasPrefix("True")
    self.shape = shape
  }

  /// What follows a key's colon.
  private static func value(of key: String, in text: String) -> Substring? {
    for quoted in ["'\(key)'", "\"\(key)\""] {
      guard let found = text.range(of: quoted) else { continue }
      let rest = text[found.upperBound...].drop { $0 == " " }
      return rest.first == ":" ? rest.dropFirst().drop { $0 == " " } : nil
    }
    return nil
  }

  /// NumPy's own limit.
  private static let mostAxes = 64

  /// `(2, 3)`, `(2,)` or `()`.
  private static func tuple(_ text: Substring) -> [Int]? {
    guard text.first == "(", let end = text.firstIndex(of: ")") else { return nil }
    var extents: [Int] = []
    for part in text.dropFirst().prefix(upTo: end).split(separator: ",") {
      let digits = part.trimmingCharacters(in: .whitespaces)
      if digits.isEmpty { continue }
      guard let extent = Int(digits), extent >= 0, extents.count < mostAxes else { return nil }
      extents.append(extent)
    }
    return extents
  }
}
