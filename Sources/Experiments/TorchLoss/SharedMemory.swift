import Files
import Foundation

/// Memory mapped by this process and another one: a file that is unlinked before anything is
/// written to it, so that nothing is left behind however either process ends. The other process
/// receives it as an open descriptor.
final class SharedMemory {
  /// One file in /dev/shm and one in the temporary folder, used if the first has no room. If there
  /// is no /dev/shm, both are the second file.
  let descriptors: [Int32]
  /// The index of the file in use.
  private(set) var index = 0
  private(set) var count = 0
  private var mapped: UnsafeMutableRawPointer?
  private let folders: [String]

  /// - Throws: `UserError` if no file can be created.
  init() throws(UserError) {
    let temporary = FileManager.default.temporaryDirectory.path
    var (files, places): ([Int32], [String]) = ([], [])
    for folder in ["/dev/shm", temporary] {
      guard let file = Self.nameless(in: folder) else { continue }
      files.append(file)
      places.append(folder)
    }
    guard let last = files.last else {
      throw UserError(path: temporary, action: "create a shared-memory file", errno: errno)
    }
    descriptors = files.count == 2 ? files : [last, Self.duplicate(last)]
    folders = places.count == 2 ? places : [places[0], places[0]]
  }

  deinit {
    if let mapped { munmap(mapped, count) }
    for descriptor in descriptors { close(descriptor) }
  }

  /// Returns at least `size` bytes of memory, where `size` is at least 1. The contents are lost if
  /// the memory has to grow.
  ///
  /// Space is allocated here, so that a full disk is an error instead of a fault on later access.
  /// - Throws: `UserError` if neither folder has enough space.
  func bytes(_ size: Int) throws(UserError) -> UnsafeMutableRawPointer {
    if let mapped, size <= count { return mapped }
    if let mapped { munmap(mapped, count) }
    (mapped, count) = (nil, 0)
    var problem: Int32 = 0
    for (index, descriptor) in descriptors.enumerated() {
      repeat { problem = posix_fallocate(descriptor, 0, off_t(size)) } while problem == EINTR
      guard problem == 0 else { continue }
      let address = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
      guard let address, address != MAP_FAILED else {
        problem = errno
        continue
      }
      (mapped, count, self.index) = (address, size, index)
      return address
    }
    throw UserError(
      path: folders.joined(separator: " and "),
      problem:
        "cannot hold \((size + (1 << 20) - 1) >> 20) MB of shared memory for a PyTorch loss: "
        + "\(String(cString: strerror(problem))); free space there, or lower the batch")
  }

  private static func nameless(in folder: String) -> Int32? {
    let path = "\(folder)/recallbench-\(getpid())-\(UUID().uuidString)"
    let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return nil }
    unlink(path)
    return descriptor
  }

  private static func duplicate(_ descriptor: Int32) -> Int32 {
    fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
  }
}
