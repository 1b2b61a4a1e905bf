import Files
import Foundation

/// A picture that gnuplot wrote. It does not notice if a part of it could not be written, so the file
/// itself has to tell.
package enum DrawnFile {
  /// - Throws: `UserError` if the file cannot be read or is not whole.
  static func read(_ url: URL) throws(UserError) -> Data {
    let data = try AtomicFile.read(url)
    guard isWhole(data, type: url.pathExtension) else {
      throw UserError(
        path: url.path,
        problem:
          "was not written whole by gnuplot; check the space and the health of the disk, then "
          + "make the report again")
    }
    return data
  }

  /// Whether the parts of a PNG, PDF or SVG file are where they should be.
  package static func isWhole(_ data: Data, type: String) -> Bool {
    switch type {
    case "png": isWholePNG(data)
    case "pdf": isWholePDF(data)
    case "svg": isWholeSVG(data)
    default: true
    }
  }

  /// Whether the chunks fill the file: a length of 4 bytes, a type of 4, the content and a sum of 4.
  private static func isWholePNG(_ data: Data) -> Bool {
    var offset = 8
    while offset + 12 <= data.count {
      let head = data.dropFirst(offset).prefix(8)
      let length = head.prefix(4).reduce(0) { $0 << 8 | Int($1) }
      offset += 12 + length
      if head.suffix(4) == Data("IEND".utf8) { return offset == data.count }
    }
    return false
  }

  /// Whether every element ends, the whole one last.
  private static func isWholeSVG(_ data: Data) -> Bool {
    // The first byte after a bracket; zero directly after it, nil outside of tags.
    var (depth, before, first) = (0, UInt8(0), UInt8?.none)
    for byte in data {
      switch byte {
      case UInt8(ascii: "<"):
        if first != nil { return false }
        first = 0
      case UInt8(ascii: ">"):
        guard let kind = first else { break }
        if kind == UInt8(ascii: "/") {
          depth -= 1
        } else if !"?!".utf8.contains(kind), before != UInt8(ascii: "/") {
          depth += 1
        }
        first = nil
      default: if first == 0 { first = byte }
      }
      before = byte
    }
    return depth == 0 && first == nil
      && String(decoding: data.suffix(8), as: UTF8.self).contains("</svg>")
  }

  /// Whether the end says where the table of objects begins, and it begins there.
  private static func isWholePDF(_ data: Data) -> Bool {
    let end = String(decoding: data.suffix(64), as: UTF8.self)
    guard let match = end.firstMatch(of: /startxref\s+(\d+)\s+%%EOF\s*$/),
      let offset = Int(match.1),
      offset < data.count
    else { return false }
    let start = String(decoding: data.dropFirst(offset).prefix(24), as: UTF8.self)
    return start.hasPrefix("xref") || start.prefixMatch(of: /\d+ \d+ obj/) != nil
  }
}
