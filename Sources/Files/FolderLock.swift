import Foundation

/// Keeps a second sweep out of a folder for as long as this value lives. If the process is killed,
/// the kernel releases the lock.
package final class FolderLock: Sendable {
  private let descriptor: Int32

  /// - Throws: `UserError` that says which process has the folder, or why it cannot be locked.
  package init(_ folder: URL) throws(UserError) {
    let url = folder.appending(path: ".lock")
    descriptor = open(url.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw UserError(path: url.path, action: "write", errno: errno)
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let code = errno
      let owner = (try? String(contentsOf: url, encoding: .utf8)).flatMap {
        Int($0.trimmingCharacters(in: .whitespacesAndNewlines))
      }
      close(descriptor)
      guard code == EWOULDBLOCK else {
        throw UserError(path: url.path, action: "lock", errno: code)
      }
      throw UserError(
        path: folder.path,
        problem: "another sweep is running here (process \(owner.map(String.init) ?? "unknown")); "
          + "wait for it or name another --output")
    }
    let text = Array("\(getpid())\n".utf8)
    if ftruncate(descriptor, 0) != 0 || write(descriptor, text, text.count) != text.count {
      let code = errno
      close(descriptor)
      throw UserError(path: url.path, action: "write", errno: code)
    }
  }

  /// Waits until no other process has the lock file.
  package init(waitingFor url: URL) throws(UserError) {
    descriptor = open(url.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw UserError(path: url.path, action: "write", errno: errno)
    }
    guard flock(descriptor, LOCK_EX) == 0 else {
      let code = errno
      close(descriptor)
      throw UserError(path: url.path, action: "lock", errno: code)
    }
  }

  deinit { close(descriptor) }
}
