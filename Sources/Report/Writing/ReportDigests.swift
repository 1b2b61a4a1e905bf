import Files
import Foundation

/// What the last report in a folder wrote, with a digest of each file: a file is only removed if it is
/// still the one that a report made, whatever a list says.
struct ReportDigests {
  /// In the form of `sha256sum`.
  static let name = ".report-digests"

  /// SHA-256 by path, 64 hexadecimal digits.
  private let digests: [String: String]

  /// Of the files as they are now; those that do not exist are left out.
  /// - Throws: `UserError` naming a file that cannot be read.
  init(of paths: [String], in folder: URL) throws(UserError) {
    var digests: [String: String] = [:]
    for path in paths { digests[path] = try Self.digest(folder.appending(path: path)) }
    self.digests = digests
  }

  /// The last report's; empty where there is none.
  init(storedIn folder: URL) {
    let data = (try? AtomicFile.read(folder.appending(path: Self.name))) ?? Data()
    let pairs = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline)
      .compactMap { line -> (String, String)? in
        guard line.count > 66, line.dropFirst(64).hasPrefix("  ") else { return nil }
        return (String(line.dropFirst(66)), String(line.prefix(64)))
      }
    digests = Dictionary(pairs) { first, _ in first }
  }

  var paths: [String] { digests.keys.filter(ReportFile.isAllowed).sorted() }

  func write(to folder: URL) throws(UserError) {
    let lines = digests.sorted { $0.key < $1.key }.map { "\($1)  \($0)\n" }
    try AtomicFile.write(lines.joined(), to: folder.appending(path: Self.name))
  }

  /// Whether a file is the one that the report made, in a folder that is no link.
  func isUnchanged(_ path: String, in folder: URL) -> Bool {
    let file = folder.appending(path: path)
    guard !path.contains("/") || Self.type(file.deletingLastPathComponent()) == .typeDirectory,
      Self.type(file) == .typeRegular, let digest = digests[path]
    else { return false }
    return (try? Self.digest(file)) == digest
  }

  /// - Returns: nil if there is no regular file.
  private static func digest(_ file: URL) throws(UserError) -> String? {
    guard type(file) == .typeRegular else { return nil }
    return sha256(try AtomicFile.read(file))
  }

  /// Of the thing itself, not of what a link leads to; nil where there is none.
  private static func type(_ url: URL) -> FileAttributeType? {
    let attributes = try? FileManager.default.attributesOfItem(atPath: url.path)
    return attributes?[.type] as? FileAttributeType
  }
}
