import Foundation
import Synchronization

/// Writes files so that each is either the old or the new version, whatever happens meanwhile.
package enum AtomicFile {
  private static let serial = Atomic<Int>(0)
  private static let marker = ".partial-"

  /// Writes to a temporary file in the same folder, flushes it to the disk and renames it.
  /// - Throws: `UserError`; an older file at `url` is then untouched, and the temporary one is removed.
  package static func write(_ data: Data, to url: URL) throws(UserError) {
    let number = serial.add(1, ordering: .relaxed).newValue
    let folder = url.deletingLastPathComponent()
    let temporary = folder.appending(
      path: ".\(url.lastPathComponent)\(marker)\(getpid())-\(number)-\(ProcessIdentity.currentNode)"
    ).path
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw UserError(path: url.path, action: "write", errno: errno)
    }
    var failure = writeAll(data, to: descriptor)
    if failure == 0, fsync(descriptor) != 0, errno != EINVAL { failure = errno }
    if close(descriptor) != 0, failure == 0 { failure = errno }
    if failure == 0, rename(temporary, url.path) != 0 { failure = errno }
    guard failure == 0 else {
      unlink(temporary)
      throw UserError(path: url.path, action: "write", errno: failure)
    }
    synchronize(folder)
  }

  package static func write(_ text: String, to url: URL) throws(UserError) {
    try write(Data(text.utf8), to: url)
  }

  /// Reads a whole file.
  package static func read(_ url: URL) throws(UserError) -> Data {
    if let problem = BoundedFile.unreadable(url.path) {
      throw UserError(path: url.path, problem: problem)
    }
    do { return try Data(contentsOf: url) } catch {
      throw UserError(path: url.path, problem: "cannot be read\(advice(error))")
    }
  }

  /// Creates a folder and its parents.
  package static func createFolder(_ url: URL) throws(UserError) {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) {
      if isFolder.boolValue { return }
      throw UserError(path: url.path, problem: "is a file, not a folder; name another folder")
    }
    let parent = url.deletingLastPathComponent()
    if parent.path != url.path { try createFolder(parent) }
    if mkdir(url.path, 0o755) != 0 {
      let code = errno
      guard code != EEXIST else { return }
      throw UserError(path: url.path, action: "create the folder", errno: code)
    }
    synchronize(parent)
  }

  /// What the system said of a file that cannot be read, and what to do.
  private static func advice(_ error: any Error) -> String {
    let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
    guard let underlying, underlying.domain == NSPOSIXErrorDomain,
      ![EACCES, EPERM].contains(Int32(underlying.code))
    else { return "; check its permissions" }
    return ": \(UserError.advice(Int32(underlying.code)))"
  }

  /// Removes a file, or a link and not what it leads to; never a folder.
  /// - Returns: whether it is gone.
  @discardableResult
  package static func remove(_ url: URL) -> Bool { unlink(url.path) == 0 || errno == ENOENT }

  /// Whether a killed process may have left a file of this name half-written: a temporary file of this
  /// type, or of Foundation's atomic writing.
  package static func isLeftover(_ name: String) -> Bool {
    name.hasPrefix(foundationMarker) || name.hasPrefix(".") && name.contains(marker)
  }

  /// Removes what a killed process left half-written in a folder, in which no other process may be
  /// writing: temporary files of this type, and those of Foundation's atomic writing.
  package static func removeLeftovers(in folder: URL) {
    for file in leftovers(in: folder) { unlink(file.path) }
  }

  /// What `removeLeftovers` removes.
  package static func leftovers(in folder: URL) -> [URL] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter(isLeftover).map { folder.appending(path: $0) }
  }

  /// Removes what killed processes left of this file, in a folder in which others may be writing.
  package static func removeLeftovers(of file: URL) {
    removeOrphans(in: file.deletingLastPathComponent()) {
      $0.hasPrefix(".\(file.lastPathComponent)\(marker)")
    }
  }

  /// Removes what processes that have ended left half-written in a folder in which others may be
  /// writing.
  package static func removeOrphans(
    in folder: URL, where isWanted: (String) -> Bool = isLeftover
  ) {
    for file in leftovers(in: folder)
    where isWanted(file.lastPathComponent) && !isOfAnotherProcess(file) {
      unlink(file.path)
    }
  }

  /// Whether another process that is running now may be writing a temporary file of this name.
  private static func isOfAnotherProcess(_ file: URL) -> Bool {
    let name = file.lastPathComponent
    let process: pid_t?
    if let end = name.range(of: marker, options: .backwards)?.upperBound {
      let parts = name[end...].split(separator: "-")
      if parts.count > 2, parts[2] != ProcessIdentity.currentNode { return isRecent(file) }
      process = parts.first.flatMap { pid_t($0) }
    } else {
      process = pid_t(name.dropFirst(foundationMarker.count).prefix { $0 != "." }, radix: 16)
    }
    guard let process, process != getpid() else { return false }
    return kill(process, 0) == 0 || errno == EPERM
  }

  /// Whether a file was written within an hour: no file takes as long, and the clocks of two machines
  /// differ by less.
  private static func isRecent(_ file: URL) -> Bool {
    var info = stat()
    guard stat(file.path, &info) == 0 else { return false }
    return abs(Date.now.timeIntervalSince1970 - Double(info.st_mtim.tv_sec)) < 3600
  }

  private static let foundationMarker = ".dat.nosync"

  /// - Returns: 0 or the error number.
  static func writeAll(_ data: Data, to descriptor: Int32) -> Int32 {
    data.withUnsafeBytes { bytes in
      var offset = 0
      while offset < bytes.count {
        let rest = UnsafeRawBufferPointer(rebasing: bytes[offset...])
        let written = Foundation.write(descriptor, rest.baseAddress, rest.count)
        if written < 0 {
          if errno == EINTR || errno == EAGAIN && waitUntilWritable(descriptor) { continue }
          return errno
        }
        offset += written
      }
      return 0
    }
  }

  /// Some programs hand on a terminal or a pipe that does not block.
  private static func waitUntilWritable(_ descriptor: Int32) -> Bool {
    var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    return poll(&waiting, 1, -1) > 0
  }

  /// Makes a rename durable. Where a file system cannot do this, only durability is lost.
  private static func synchronize(_ folder: URL) {
    let descriptor = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }
}
