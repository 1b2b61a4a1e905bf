import Foundation

/// A file that an option such as `--json` names.
///
/// Links are followed: what they lead to is written, and they stay. What is no regular file, such as
/// a named pipe or `/dev/null`, is written in place. `-` is standard output.
package struct OutputFile: Sendable {
  /// As the user gave it.
  package let path: String
  private let replacesExisting: Bool

  /// - Parameter replacesExisting: what `--force` says.
  package init(_ path: String, replacesExisting: Bool) {
    (self.path, self.replacesExisting) = (path, replacesExisting)
  }

  private enum Target {
    case standardOutput
    /// Not a regular file.
    case inPlace
    /// A regular file, without links, or none yet.
    case file(URL, exists: Bool)
  }

  package var isStandardOutput: Bool {
    if case .standardOutput? = try? target() { true } else { false }
  }

  /// Where the file itself is; nil if it is not a regular one.
  package var file: URL? {
    if case .file(let url, _)? = try? target() { url } else { nil }
  }

  private func target() throws(UserError) -> Target {
    if path == "-" { return .standardOutput }
    guard !path.isEmpty else { throw UserError("an output file has an empty name") }
    var status = stat()
    guard stat(path, &status) == 0 else {
      let code = errno
      guard code == ENOENT else { throw UserError(path: path, action: "write", errno: code) }
      return .file(URL(filePath: pathThroughLinks(path)), exists: false)
    }
    if StandardStreams.isOutput(status) { return .standardOutput }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return .file(URL(filePath: pathThroughLinks(path)), exists: true)
    case S_IFDIR: throw UserError(path: path, action: "write", errno: EISDIR)
    default: return .inPlace
    }
  }

  /// To be called before the work whose outcome is to be written.
  /// - Parameter inputs: files that are read, which must not be overwritten.
  /// - Throws: `UserError` if the path is a folder's, an input's or, without `--force`, an existing
  ///   file's.
  package func check(besides inputs: [String] = []) throws(UserError) {
    guard case .file(let url, let exists) = try target(), exists else { return }
    if inputs.contains(where: { URL(filePath: $0).isSameFile(as: url) }) {
      throw UserError(path: path, problem: "is read by this command; name another file to write")
    }
    guard replacesExisting else {
      throw UserError(path: path, problem: "already exists; name another file or use --force")
    }
    // A mistyped path must not cost an image or its labels.
    let start = try? FileHandle(forReadingFrom: url).read(upToCount: 4)
    if start == Data([0x89] + "PNG".utf8) {
      throw UserError(
        path: path, problem: "is an image, which is never replaced; name another file")
    }
  }

  /// Writes atomically where the target is a regular file.
  package func write(_ data: Data) throws(UserError) {
    switch try target() {
    case .standardOutput: StandardStreams.writeResults(data)
    case .inPlace: try writeInPlace(data)
    case .file(let url, let exists):
      // It may have come into being meanwhile.
      if exists, !replacesExisting { try check() }
      AtomicFile.removeLeftovers(of: url)
      try AtomicFile.write(data, to: url)
    }
  }

  package func write(_ text: String) throws(UserError) { try write(Data(text.utf8)) }

  private func writeInPlace(_ data: Data) throws(UserError) {
    let descriptor = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY)
    guard descriptor >= 0 else { throw UserError(path: path, action: "write", errno: errno) }
    defer { close(descriptor) }
    let code = AtomicFile.writeAll(data, to: descriptor)
    guard code == 0 else { throw UserError(path: path, action: "write", errno: code) }
  }
}

extension URL {
  /// The same place without links, also where the last part of the path does not exist yet or is a
  /// link that leads nowhere.
  package var throughLinks: URL { URL(filePath: pathThroughLinks(path)) }

  /// Whether both name one file, by whatever links.
  package func isSameFile(as other: URL) -> Bool {
    var (mine, its) = (stat(), stat())
    return stat(path, &mine) == 0 && stat(other.path, &its) == 0 && mine.st_dev == its.st_dev
      && mine.st_ino == its.st_ino
  }
}

/// As the system resolves it: a `..` after a link leads to the parent of what the link leads to.
private func pathThroughLinks(_ path: String) -> String {
  var path = path
  // As many links as the system follows.
  for _ in 0..<40 {
    if let whole = realpath(path, nil) {
      defer { free(whole) }
      return String(cString: whole)
    }
    let name = path.split(separator: "/").last.map(String.init) ?? ""
    let start = path.range(of: name, options: .backwards)?.lowerBound ?? path.startIndex
    let folder = start == path.startIndex ? "." : String(path[..<start])
    guard let link = try? FileManager.default.destinationOfSymbolicLink(atPath: path) else {
      if folder == path { return path }
      let above = URL(filePath: pathThroughLinks(folder))
      // Of a folder that does not exist yet.
      if name == ".." { return above.deletingLastPathComponent().path }
      return name == "." ? above.path : above.appending(path: name).path
    }
    path = link.hasPrefix("/") ? link : folder + "/" + link
  }
  return path
}
