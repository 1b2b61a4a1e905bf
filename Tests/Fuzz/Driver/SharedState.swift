import Foundation

/// What a worker says of itself in memory that its driver shares, so that the driver knows what the
/// worker was doing when it ended.
struct SharedState {
  enum Field: Int {
    case executions, started, length, distinct, peak, elapsed
  }

  private let memory: UnsafeMutableRawPointer
  private static let inputOffset = 4096
  private static let size = 1 << 18

  /// - Parameter creates: whether the file is made new.
  init?(_ path: String, creates: Bool) {
    let descriptor = open(path, creates ? O_RDWR | O_CREAT | O_TRUNC : O_RDWR, 0o600)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    guard ftruncate(descriptor, off_t(Self.size)) == 0,
      let memory = mmap(nil, Self.size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0),
      memory != MAP_FAILED
    else { return nil }
    self.memory = memory
  }

  func unmap() { munmap(memory, Self.size) }

  subscript(field: Field) -> Int {
    get { memory.load(fromByteOffset: 8 * field.rawValue, as: Int.self) }
    nonmutating set {
      memory.storeBytes(of: newValue, toByteOffset: 8 * field.rawValue, as: Int.self)
    }
  }

  /// The input that the worker reads, or read last.
  var input: Data {
    get {
      Data(
        bytes: memory + Self.inputOffset, count: min(self[.length], Self.size - Self.inputOffset))
    }
    nonmutating set {
      newValue.withUnsafeBytes { bytes in
        if let base = bytes.baseAddress {
          (memory + Self.inputOffset).copyMemory(from: base, byteCount: bytes.count)
        }
      }
      self[.length] = newValue.count
    }
  }

  /// Nanoseconds of a clock that is the same in all processes.
  static var now: Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int(time.tv_sec) * 1_000_000_000 + Int(time.tv_nsec)
  }
}
