import Files
import Foundation
import Synchronization

/// What a program and those that it starts print, passed on to standard error as whole lines in which
/// nothing commands a terminal.
///
/// A thread passes it on as it comes, until `finish` is called or all programs have ended.
final class PassedOutput: Sendable {
  /// The end that the program writes to; it gets a duplicate, and `closeInput` closes this one.
  let input: Int32
  private let output: Int32
  private let state = Mutex(State())

  fileprivate struct State {
    /// What was printed of a line that has not ended.
    var line: [UInt8] = []
    var isOpen = true
  }

  /// A longer line is broken.
  fileprivate static let longestLine = 1 << 14
  /// What is passed on at a time: more than a pipe holds, though a program may print without end.
  fileprivate static let most = 1 << 18

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
    return state.withLock { $0.isOpen }
  }

  /// Passes on what was printed so far, so that it precedes a message about it.
  func flush() { passOn(isAll: true) }

  /// The same, and nothing after it.
  func finish() {
    flush()
    state.withLock { $0.isOpen = false }
  }

  private func passOn(isAll: Bool = false) {
    state.withLock { state in
      let text = state.read(output, isAll: isAll)
      if !text.isEmpty { StandardStreams.writeMessage(text) }
    }
  }
}

extension PassedOutput.State {
  /// - Returns: the lines that have ended; with `isAll` also what was printed of the next.
  fileprivate mutating func read(_ output: Int32, isAll: Bool) -> String {
    var (text, count) = ("", 0)
    var buffer = [UInt8](repeating: 0, count: 1 << 13)
    while isOpen, count < PassedOutput.most {
      let part = Foundation.read(output, &buffer, buffer.count)
      if part < 0, errno == EINTR { continue }
      // Nothing at all: every program that could write has ended.
      if part == 0 { isOpen = false }
      if part <= 0 { break }
      for byte in buffer[..<part] { text += taken(byte) }
      count += part
    }
    if isAll || !isOpen, !line.isEmpty { text += takenLine() }
    return text
  }

  private mutating func taken(_ byte: UInt8) -> String {
    if byte != UInt8(ascii: "\n") { line.append(byte) }
    return byte == UInt8(ascii: "\n") || line.count >= PassedOutput.longestLine ? takenLine() : ""
  }

  private mutating func takenLine() -> String {
    defer { line.removeAll(keepingCapacity: true) }
    return visible(String(decoding: line, as: UTF8.self), keepsLines: true) + "\n"
  }
}
