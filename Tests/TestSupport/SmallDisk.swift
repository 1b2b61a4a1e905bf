import Foundation

/// A file system of a few kilobytes, mounted on a folder of its own for as long as the value lives.
package final class SmallDisk {
  package let url: URL

  /// - Returns: nil where mounting is not allowed: only root can, and not in every container.
  package init?(bytes: Int) {
    url = FileManager.default.temporaryDirectory.appending(
      path: "recallbench-disk-\(UUID().uuidString)")
    guard mkdir(url.path, 0o755) == 0 else { return nil }
    guard mount("tmpfs", url.path, "tmpfs", 0, "size=\(bytes)") == 0 else {
      rmdir(url.path)
      return nil
    }
  }

  deinit {
    umount2(url.path, Int32(MNT_DETACH))
    rmdir(url.path)
  }

  package static var isAllowed: Bool { SmallDisk(bytes: 65536) != nil }
}
