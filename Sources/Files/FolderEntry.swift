import Foundation

/// What lies directly in a folder, links followed.
package struct FolderEntry: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    case file, folder
    /// A pipe, socket or device: nothing that data is read from.
    case special
    /// A link that cannot be followed, and why.
    case broken(String)
  }

  package let name: String
  package let kind: Kind
  package let isLink: Bool

  /// The entries of a folder in the order of their names, hidden ones included.
  ///
  /// - Returns: nil if there is nothing at the path.
  /// - Throws: `UserError` if the folder cannot be listed to its end, or if a name is not UTF-8, which
  ///   no file can be opened by.
  package static func list(_ path: String) throws(UserError) -> [FolderEntry]? {
    guard let stream = opendir(path) else {
      let code = errno
      if code == ENOENT, brokenLink(path) == nil { return nil }
      throw cannotList(path, code)
    }
    defer { closedir(stream) }
    var entries: [FolderEntry] = []
    while true {
      errno = 0
      guard let found = readdir(stream) else { break }
      let bytes = name(of: found)
      if bytes.elementsEqual(".".utf8) || bytes.elementsEqual("..".utf8) { continue }
      guard let name = String(validating: bytes, as: UTF8.self) else {
        throw UserError(
          path: path + "/" + printable(String(decoding: bytes, as: UTF8.self)),
          problem: "has a name that is not UTF-8; rename it (convmv converts whole folders)")
      }
      entries.append(FolderEntry(name, in: path, type: Int32(found.pointee.d_type)))
    }
    // A disk that fails in the middle must not look like a shorter folder.
    if errno != 0 { throw cannotList(path, errno) }
    return entries.sorted { $0.name < $1.name }
  }

  /// Why the link at a path cannot be followed; nil if it can, or if there is no link.
  package static func brokenLink(_ path: String) -> String? {
    var info = stat()
    guard lstat(path, &info) == 0, info.st_mode & S_IFMT == S_IFLNK, stat(path, &info) != 0 else {
      return nil
    }
    let code = errno
    let reason =
      code == ENOENT ? "does not exist" : "cannot be used: \(String(cString: strerror(code)))"
    let target = (try? FileManager.default.destinationOfSymbolicLink(atPath: path)) ?? "its target"
    return "is a link to \(printable(target)), which \(reason); mount that disk, or remove the link"
  }

  private init(_ name: String, in folder: String, type: Int32) {
    let path = folder + "/" + name
    var info = stat()
    let isLink =
      type == Int32(DT_LNK)
      || type == Int32(DT_UNKNOWN) && lstat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFLNK
    (self.name, self.isLink) = (name, isLink)
    switch type {
    case Int32(DT_REG): kind = .file
    case Int32(DT_DIR): kind = .folder
    case Int32(DT_LNK), Int32(DT_UNKNOWN):
      if stat(path, &info) == 0 {
        kind = Self.kind(info.st_mode)
      } else {
        kind = .broken(
          Self.brokenLink(path) ?? "cannot be used: \(String(cString: strerror(errno)))")
      }
    default: kind = .special
    }
  }

  private static func kind(_ mode: mode_t) -> Kind {
    switch mode & S_IFMT {
    case S_IFREG: .file
    case S_IFDIR: .folder
    default: .special
    }
  }

  /// The name's bytes, read in place: an entry is shorter than its declared type.
  private static func name(of entry: UnsafeMutablePointer<dirent>) -> [UInt8] {
    guard let offset = MemoryLayout<dirent>.offset(of: \.d_name) else { return [] }
    let start = UnsafeRawPointer(entry) + offset
    return Array(
      UnsafeRawBufferPointer(start: start, count: strlen(start.assumingMemoryBound(to: CChar.self)))
    )
  }

  private static func cannotList(_ path: String, _ code: Int32) -> UserError {
    if let problem = brokenLink(path) { return UserError(path: path, problem: problem) }
    if code == ENOTDIR {
      return UserError(path: path, problem: "is a file, but a folder was expected here")
    }
    let advice = code == EACCES ? "; check its permissions" : ""
    return UserError(
      path: path, problem: "cannot be listed: \(String(cString: strerror(code)))\(advice)")
  }
}
