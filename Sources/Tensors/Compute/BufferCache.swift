import Foundation
import Synchronization

/// Memory for tensors and scratch that is requested from the system once and reused, so that a
/// training step allocates nothing once the first has run.
///
/// Large buffers lie in one address range, at the lowest place that holds them, and adjacent free
/// parts are merged: memory freed by one size can be reused for any other. Addresses that are never
/// reached are never resident. Small buffers, which would fragment the range, are kept by size.
package final class BufferCache: Sendable {
  private let memory = Mutex(Memory())

  package init() {}

  /// Floats requested from the system so far: constant in the steady state.
  package var allocatedFloats: Int {
    memory.withLock { ($0.small.allocated + $0.range.granted) / MemoryLayout<Float>.stride }
  }

  /// Floats currently lent.
  package var usedFloats: Int {
    memory.withLock { $0.used / MemoryLayout<Float>.stride }
  }

  func take(_ count: Int) -> UnsafeMutablePointer<Float> {
    let size = Self.bytes(count)
    let address = memory.withLock { memory in
      memory.used += size
      return (size > Self.smallBytes ? memory.range.take(size) : nil) ?? memory.small.take(size)
    }
    // Both sources hand out addresses of memory, never zero.
    return UnsafeMutablePointer(bitPattern: address)!
  }

  func give(_ pointer: UnsafeMutablePointer<Float>, count: Int) {
    let (address, size) = (UInt(bitPattern: pointer), Self.bytes(count))
    memory.withLock { memory in
      memory.used -= size
      if memory.range.contains(address) {
        memory.range.give(address, size)
      } else {
        memory.small.give(address, size)
      }
    }
  }

  private struct Memory: ~Copyable {
    var range = AddressRange()
    var small = SizedBuffers()
    var used = 0
  }

  private static let smallBytes = 16 << 10

  /// Whole cache lines, and at least one, so that every pointer is valid.
  private static func bytes(_ count: Int) -> Int {
    max(64, (count * MemoryLayout<Float>.stride + 63) & ~63)
  }
}

/// Freed buffers by size.
private struct SizedBuffers: ~Copyable {
  private var free: [Int: [UInt]] = [:]
  private(set) var allocated = 0

  mutating func take(_ size: Int) -> UInt {
    if let address = free[size]?.popLast() { return address }
    allocated += size
    return UInt(bitPattern: UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64))
  }

  mutating func give(_ address: UInt, _ size: Int) { free[size, default: []].append(address) }

  deinit {
    for address in free.values.joined() {
      UnsafeMutableRawPointer(bitPattern: address)?.deallocate()
    }
  }
}

/// A range of addresses, reserved once, for which memory is requested from the system as it fills.
private struct AddressRange: ~Copyable {
  private struct Hole {
    var start: UInt
    var end: UInt
  }
  private var start: UInt = 0
  private var reserved = 0
  /// Bytes from the start that may be used.
  private(set) var granted = 0
  /// Everything from here on is free.
  private var top: UInt = 0
  /// Free parts below `top`, by address; no two touch, none touches `top`.
  private var holes: [Hole] = []

  func contains(_ address: UInt) -> Bool { address >= start && address < start + UInt(granted) }

  /// - Returns: nil if the range is full or the system refuses.
  mutating func take(_ size: Int) -> UInt? {
    let size = UInt(size)
    if let i = holes.firstIndex(where: { $0.end - $0.start >= size }) {
      let address = holes[i].start
      holes[i].start += size
      if holes[i].start == holes[i].end { holes.remove(at: i) }
      return address
    }
    if reserved == 0 { reserve() }
    guard reserved > 0, grow(to: Int(top - start + size)) else { return nil }
    defer { top += size }
    return top
  }

  mutating func give(_ address: UInt, _ size: Int) {
    var hole = Hole(start: address, end: address + UInt(size))
    var i = holes.firstIndex { $0.start > address } ?? holes.count
    if i < holes.count, holes[i].start == hole.end { hole.end = holes.remove(at: i).end }
    if i > 0, holes[i - 1].end == hole.start {
      i -= 1
      hole.start = holes.remove(at: i).start
    }
    if hole.end == top { top = hole.start } else { holes.insert(hole, at: i) }
  }

  /// Addresses for twice the machine's memory, or for less where they are limited.
  private mutating func reserve() {
    var size = 2 * sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    while size >= Self.step {
      if let pointer = mmap(nil, size, PROT_NONE, flags, -1, 0), pointer != MAP_FAILED {
        start = UInt(bitPattern: pointer)
        (reserved, top) = (size, start)
        return
      }
      size /= 2
    }
  }

  private mutating func grow(to size: Int) -> Bool {
    guard size > granted else { return true }
    let target = min(reserved, (size + Self.step - 1) / Self.step * Self.step)
    guard size <= target, let pointer = UnsafeMutableRawPointer(bitPattern: start),
      mprotect(pointer, target, PROT_READ | PROT_WRITE) == 0
    else { return false }
    granted = target
    return true
  }

  private static let step = 32 << 20

  deinit {
    if reserved > 0 { munmap(UnsafeMutableRawPointer(bitPattern: start), reserved) }
  }
}
