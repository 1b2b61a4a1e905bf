import Foundation

/// Reads files whose size is limited: a larger one is refused before it is read.
package enum BoundedFile {
  /// The bytes of a file.
  /// - Parameter allowsPipe: for a file that the user names, which may be a shell's `<(command)`; to read
  ///   any other pipe would be to wait for ever.
  /// - Throws: `UserError` naming the file if it cannot be read or has more than `limit` bytes; `name`
  ///   is what the error calls it, if that is not its path.
  package static func read(
    _ url: URL, atMost limit: Int, name: String? = nil, allowsPipe: Bool = false
  ) throws(UserError) -> Data {
    let path = url.path
    func failed(_ problem: String) -> UserError {
      UserError(path: name ?? path, problem: problem)
    }
    if let problem = unreadable(path, allowsPipe: allowsPipe, atMost: limit) {
      throw failed(problem)
    }
    guard let file = FileHandle(forReadingAtPath: path) else {
      throw failed("cannot be read; check its permissions")
    }
    defer { try? file.close() }
    let data: Data
    do { data = try file.read(upToCount: limit + 1) ?? Data() } catch {
      throw failed("cannot be read")
    }
    guard data.count <= limit else { throw failed(tooLarge(limit)) }
    return data
  }

  /// The text of a UTF-8 file, without a byte order mark.
  /// - Throws: `UserError` as `read`, or if it is not UTF-8.
  package static func text(
    _ url: URL, atMost limit: Int, name: String? = nil, allowsPipe: Bool = false
  ) throws(UserError) -> String {
    let data = try read(url, atMost: limit, name: name, allowsPipe: allowsPipe)
    func failed(_ problem: String) -> UserError {
      UserError(path: name ?? url.path, problem: problem)
    }
    if let encoding = wideEncoding(data) {
      throw failed(
        "is \(encoding) text; save it as UTF-8, for example with iconv -f \(encoding) -t UTF-8")
    }
    if data.contains(0) { throw failed("is not text: it contains zero bytes") }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw failed("is not UTF-8 text; save it as UTF-8")
    }
    return text.hasPrefix("\u{feff}") ? String(text.dropFirst()) : text
  }

  /// The name, as `iconv` knows it, of an encoding in which a letter is two or four bytes; nil for others.
  private static func wideEncoding(_ data: Data) -> String? {
    let marks: [(bytes: [UInt8], name: String)] = [
      ([0xff, 0xfe, 0, 0], "UTF-32"), ([0, 0, 0xfe, 0xff], "UTF-32"), ([0xff, 0xfe], "UTF-16"),
      ([0xfe, 0xff], "UTF-16"),
    ]
    if let mark = marks.first(where: { data.starts(with: $0.bytes) }) { return mark.name }
    // Without a mark, letters of English show which bytes of each are zero.
    switch data.prefix(8).map({ $0 == 0 }) {
    case [false, true, true, true, false, true, true, true]: return "UTF-32LE"
    case [true, true, true, false, true, true, true, false]: return "UTF-32BE"
    case [false, true, false, true, false, true, false, true]: return "UTF-16LE"
    case [true, false, true, false, true, false, true, false]: return "UTF-16BE"
    default: return nil
    }
  }

  /// Why there is nothing to read at a path; nil if there is a regular file or, where it is allowed,
  /// a pipe, as shells make for `<(command)`.
  /// - Parameter limit: the bytes that a regular file may have.
  package static func unreadable(
    _ path: String, allowsPipe: Bool = false, atMost limit: Int = .max
  ) -> String? {
    var info = stat()
    guard stat(path, &info) == 0 else {
      if errno == ENOENT || errno == ENOTDIR {
        return FolderEntry.brokenLink(path) ?? "does not exist"
      }
      return "cannot be read: \(String(cString: strerror(errno)))"
    }
    switch info.st_mode & S_IFMT {
    case S_IFREG: return info.st_size > limit ? tooLarge(limit) : nil
    case S_IFIFO where allowsPipe: return nil
    case S_IFDIR: return "is a folder; give a file"
    default: return "is a pipe or device, not a file"
    }
  }

  /// The most bytes of a stored record: those of a hundred thousand runs are a hundred million.
  package static let mostRecordBytes = 256 << 20

  private static func tooLarge(_ limit: Int) -> String {
    "has more than the \(size(limit)) allowed"
  }

  private static func size(_ bytes: Int) -> String {
    bytes >= 1 << 20 ? "\(bytes >> 20) MB" : "\(bytes >> 10) KB"
  }
}
