import Foundation
import Synchronization

/// Standard output and standard error. No write to them can trap, whether they are full, closed or
/// read by nobody: a lost message is only lost, and lost results are an error at the end.
package enum StandardStreams {
  /// The error number of the first results that could not be written; 0: none.
  private static let lost = Atomic<Int32>(0)

  /// Opens each of the three standard descriptors that whoever started this process had closed, so
  /// that no file of ours gets its number and, with it, all messages. What is written there then
  /// fails as it should. Also has writes to a closed pipe, and beyond the limit of a file's size, fail instead
  /// of ending the process.
  package static func prepare() {
    for number in [SIGPIPE, SIGXFSZ] { signal(number, SIG_IGN) }
    for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO]
    where fcntl(descriptor, F_GETFD) < 0 {
      // The lowest free number is this one.
      _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
    }
  }

  /// Has nothing that this process prints reach standard output from now on, which another rank uses.
  package static func dropResults() {
    let nothing = open("/dev/null", O_WRONLY | O_CLOEXEC)
    if nothing >= 0 { dup2(nothing, STDOUT_FILENO) }
    close(nothing)
  }

  /// Writes a part of what a command was asked for to standard output.
  package static func writeResults(_ data: Data) {
    let code = AtomicFile.writeAll(data, to: STDOUT_FILENO)
    if code != 0 { _ = lost.compareExchange(expected: 0, desired: code, ordering: .relaxed) }
  }

  package static func writeResults(_ text: String) { writeResults(Data(text.utf8)) }

  /// What is wrong if not all results were written; nil if they were.
  package static var lostResults: (isClosedPipe: Bool, error: UserError)? {
    let code = lost.load(ordering: .relaxed)
    guard code != 0 else { return nil }
    return (
      code == EPIPE, UserError(path: "standard output", action: "write the results", errno: code)
    )
  }

  /// Writes a message to standard error; if that fails, nobody can be told.
  package static func writeMessage(_ text: String) {
    _ = AtomicFile.writeAll(Data(text.utf8), to: STDERR_FILENO)
  }

  /// Writes progress to standard output; results do not depend on its being read.
  package static func writeProgress(_ text: String) {
    _ = AtomicFile.writeAll(Data(text.utf8), to: STDOUT_FILENO)
  }

  /// Whether a path is that of what standard output goes to.
  static func isOutput(_ status: stat) -> Bool {
    var own = stat()
    return fstat(STDOUT_FILENO, &own) == 0 && own.st_dev == status.st_dev
      && own.st_ino == status.st_ino && own.st_mode & S_IFMT != S_IFCHR
  }
}
