import Files
import Foundation

/// What a program and those that it starts print, passed on to standard error as whole lines in which
/// nothing commands a terminal.
///
/// A thread passes it on as it comes, until `finish` is called or all programs have ended.
final class PassedOutput: @unchecked Sendable {
  /// The end that the program writes to; it gets a duplicate, and `closeInput` closes this one.
  let input: Int32
  private let output: Int32
  // Everything below is accessed by one thread at a time.
  private let turn = NSLock()
  private var line: [UInt8] = []
  private var isOpen = true

  /// A longer line is broken.
  private static let longestLine = 1 << 14
  /// What is passed on at a time: more than a pipe holds, though a program may print without end.
  private static let most = 1 << 18

  /// - Throws: `UserError` if the system is out of descriptors.
  init() throws(UserError) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else {
      throw UserError("cannot open a pipe: \(String(cString: strerror(errno)))")
    }
    (output, input) = (ends[0], ends[1])
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    _ = fcntl(output, F_SETFL, O_NONBLOCK)
  }

  func closeInput() { close(input) }

  /// Starts the thread, which closes the pipe at the end.
  func start() {
    let thread = Thread { [self] in
      while wait() { passOn() }
      close(output)
    }
    thread.name = "output"
    thread.start()
  }

  /// Waits until there is something to read, but not for long.
  /// - Returns: false after the end.
  private func wait() -> Bool {
    var waiting = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
    _ = poll(&waiting, 1, 200)
    turn.lock()
    defer { turn.unlock() }
    return isOpen
  }

  /// Passes on what was printed so far, so that it precedes a message about it.
  func flush() { passOn(isAll: true) }

  /// The same, and nothing after it.
  func finish() {
    flush()
    turn.lock()
    defer { turn.unlock() }
    isOpen = false
  }

  private func passOn(isAll: Bool = false) {
    turn.lock()
    defer { turn.unlock() }
    var (text, count) = ("", 0)
    var buffer = [UInt8](repeating: 0, count: 1 << 13)
    while isOpen, count < Self.most {
      let part = read(output, &buffer, buffer.count)
      if part < 0, errno == EINTR { continue }
      // Nothing at all: every program that could write has ended.
      if part == 0 { isOpen = false }
      if part <= 0 { break }
      for byte in buffer[..<part] { text += taken(byte) }
      count += part
    }
    if isAll || !isOpen, !line.isEmpty { text += takenLine() }
    if !text.isEmpty { StandardStreams.writeMessage(text) }
  }

  private func taken(_ byte: UInt8) -> String {
    if byte != UInt8(ascii: "\n") { line.append(byte) }
    return byte == UInt8(ascii: "\n") || line.count >= Self.longestLine ? takenLine() : ""
  }

  private func takenLine() -> String {
    defer { line.removeAll(keepingCapacity: true) }
    return visible(String(decoding: line, as: UTF8.self), keepsLines: true) + "\n"
  }
}
