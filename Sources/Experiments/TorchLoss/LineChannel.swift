import Files
import Foundation

/// One end of a socket pair that carries lines of text.
final class LineChannel {
  private let descriptor: Int32
  private var unread: [UInt8] = []
  private var isOpen = true

  enum Answer: Equatable {
    case line(String)
    /// The other end is closed.
    case closed
    /// No line arrived in time.
    case late
  }

  private init(_ descriptor: Int32) { self.descriptor = descriptor }

  deinit { close() }

  /// Closes this end: the other end then reaches end of file, and nothing can be sent or received.
  func close() {
    guard isOpen else { return }
    isOpen = false
    Foundation.close(descriptor)
  }

  /// Creates a pair and returns one end and the descriptor of the other, which the caller closes.
  /// - Throws: `UserError` if the system is out of descriptors.
  static func pair() throws(UserError) -> (LineChannel, other: Int32) {
    var ends: [Int32] = [-1, -1]
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
      throw UserError("cannot open sockets: \(String(cString: strerror(errno)))")
    }
    return (LineChannel(ends[0]), ends[1])
  }

  /// Sends a line.
  ///
  /// - Parameters:
  ///   - line: the line without its newline.
  ///   - descriptors: open files that the other process gets with the first bytes.
  /// - Returns: false if the other end is closed.
  func send(_ line: Data, passing descriptors: [Int32] = []) -> Bool {
    let bytes = Array(line) + [UInt8(ascii: "\n")]
    return bytes.withUnsafeBytes { bytes in
      var offset = 0
      while offset < bytes.count {
        let rest = UnsafeRawBufferPointer(rebasing: bytes[offset...])
        let sent = send(rest, passing: offset == 0 ? descriptors : [])
        if sent < 0 {
          if errno == EINTR { continue }
          return false
        }
        offset += sent
      }
      return true
    }
  }

  /// - Returns: the number of bytes sent, or a negative number after an error.
  private func send(_ bytes: UnsafeRawBufferPointer, passing descriptors: [Int32]) -> Int {
    var part = iovec(iov_base: .init(mutating: bytes.baseAddress), iov_len: bytes.count)
    let header = MemoryLayout<cmsghdr>.size
    let size = header + descriptors.count * MemoryLayout<Int32>.size
    // Control messages are padded to the size of a pointer.
    let space = (size + 7) / 8 * 8
    let control = UnsafeMutableRawPointer.allocate(byteCount: space, alignment: 8)
    defer { control.deallocate() }
    control.initializeMemory(as: UInt8.self, repeating: 0, count: space)
    control.assumingMemoryBound(to: cmsghdr.self).pointee.cmsg_len = size
    control.assumingMemoryBound(to: cmsghdr.self).pointee.cmsg_level = SOL_SOCKET
    control.assumingMemoryBound(to: cmsghdr.self).pointee.cmsg_type = Int32(SCM_RIGHTS)
    descriptors.withUnsafeBytes { source in
      (control + header).copyMemory(
        from: source.baseAddress ?? .init(control), byteCount: source.count)
    }
    return withUnsafeMutablePointer(to: &part) { part in
      var message = msghdr()
      message.msg_iov = part
      message.msg_iovlen = 1
      if !descriptors.isEmpty {
        message.msg_control = control
        message.msg_controllen = space
      }
      // A closed end must give an error, not raise SIGPIPE.
      return sendmsg(descriptor, &message, Int32(MSG_NOSIGNAL))
    }
  }

  /// The maximum line length; a longer line counts as a closed channel.
  private static let longest = 1 << 20

  /// Returns the next line, without its newline.
  func receive(within seconds: Double) -> Answer {
    let end = ContinuousClock.now + .seconds(seconds)
    while true {
      if let newline = unread.firstIndex(of: UInt8(ascii: "\n")) {
        defer { unread.removeSubrange(...newline) }
        return .line(String(decoding: unread[..<newline], as: UTF8.self))
      }
      let left = (end - .now) / .milliseconds(1)
      var waiting = pollfd(descriptor: descriptor)
      let ready = poll(&waiting, 1, Int32(max(0, min(left.rounded(.up), 1e9))))
      if ready < 0, errno == EINTR { continue }
      if ready == 0 { return .late }
      var buffer = [UInt8](repeating: 0, count: 4096)
      let count = read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0, unread.count < Self.longest else { return .closed }
      unread += buffer[..<count]
    }
  }
}

extension pollfd {
  fileprivate init(descriptor: Int32) {
    self.init(fd: descriptor, events: Int16(POLLIN), revents: 0)
  }
}
