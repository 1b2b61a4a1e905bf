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
  /// - Parameter line: the line without its newline.
  /// - Returns: false if the other end is closed.
  func send(_ line: Data) -> Bool {
    let bytes = Array(line) + [UInt8(ascii: "\n")]
    return bytes.withUnsafeBytes { bytes in
      var offset = 0
      while offset < bytes.count {
        let rest = UnsafeRawBufferPointer(rebasing: bytes[offset...])
        // A closed end must give an error, not raise SIGPIPE.
        let sent = Foundation.send(descriptor, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
        if sent < 0 {
          if errno == EINTR { continue }
          return false
        }
        offset += sent
      }
      return true
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
