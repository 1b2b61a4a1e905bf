import Foundation

/// The terminal that standard output goes to, if any.
package enum Terminal {
  /// Characters per line; nil if standard output is not a terminal. `mpirun` gives its processes one, but
  /// hands on what they write as lines.
  package static var columns: Int? {
    guard isatty(STDOUT_FILENO) == 1, getenv("OMPI_COMM_WORLD_SIZE") == nil else { return nil }
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  /// Writes progress at once, control sequences of our own included.
  package static func write(_ text: String) { StandardStreams.writeProgress(text) }

  /// Writes a line of progress, with names from outside in a form that cannot command the terminal.
  package static func writeLine(_ text: String) { write(visible(text) + "\n") }
}
