import Files
import Foundation

/// Memory that this process and another map: a file that loses its name before anything is written
/// into it, so that nothing is left behind, however either process ends. The other process gets it
/// as an open descriptor.
final class SharedMemory {
  /// One file under /dev/shm and one in the temporary folder, for what does not fit into the first;
  /// both the second where there is no /dev/shm.
  let descriptors: [Int32]
  /// Of the file in use.
  private(set) var index = 0
  private(set) var count = 0
  private var mapped: UnsafeMutableRawPointer?
  private let folders: [String]

  /// - Throws: `UserError` if no file can be made.
  init() throws(UserError) {
    let temporary = FileManager.default.temporaryDirectory.path
    var (files, places): ([Int32], [String]) = ([], [])
    for folder in ["/dev/shm", temporary] {
      guard let file = Self.nameless(in: folder) else { continue }
      files.append(file)
      places.append(folder)
    }
    guard let last = files.last else {
      throw UserError(path: temporary, action: "make a file of shared memory", errno: errno)
    }
    descriptors = files.count == 2 ? files : [last, Self.duplicate(last)]
    folders = places.count == 2 ? places : [places[0], places[0]]
  }

  deinit {
    if let mapped { munmap(mapped, count) }
    for descriptor in descriptors { close(descriptor) }
  }

  /// The memory, of at least `size` bytes, at least 1; what it held is lost if it has to grow.
  ///
  /// The room is claimed here: a full disk is an error, not a fault at some later access.
  /// - Throws: `UserError` if neither folder has the room.
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
