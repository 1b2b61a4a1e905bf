import Synchronization

/// Keeps freed float buffers by size, so that a training step allocates nothing once the
/// first step has run: activations come and go in the same sizes every iteration.
package final class BufferCache: Sendable {
  private struct Free: ~Copyable {
    nonisolated(unsafe) var bySize: [Int: [UnsafeMutablePointer<Float>]] = [:]
    var allocated = 0
  }
  private let free = Mutex(Free())

  package init() {}

  deinit {
    free.withLock { state in
      for list in state.bySize.values { for pointer in list { pointer.deallocate() } }
    }
  }

  /// Floats requested from the system so far: constant in the steady state.
  package var allocatedFloats: Int { free.withLock { $0.allocated } }

  func take(_ count: Int) -> UnsafeMutablePointer<Float> {
    let size = Self.rounded(count)
    let address = free.withLock { state -> UInt? in
      guard let pointer = state.bySize[size]?.popLast() else {
        state.allocated += size
        return nil
      }
      return UInt(bitPattern: pointer)
    }
    if let address { return UnsafeMutablePointer(bitPattern: address)! }
    let raw = UnsafeMutableRawPointer.allocate(
      byteCount: size * MemoryLayout<Float>.stride, alignment: 64)
    return raw.bindMemory(to: Float.self, capacity: size)
  }

  func give(_ pointer: UnsafeMutablePointer<Float>, count: Int) {
    let address = UInt(bitPattern: pointer)
    free.withLock {
      $0.bySize[Self.rounded(count), default: []].append(UnsafeMutablePointer(bitPattern: address)!)
    }
  }

  /// Whole cache lines, and at least one, so that every pointer is valid.
  private static func rounded(_ count: Int) -> Int { max(16, (count + 15) & ~15) }
}
