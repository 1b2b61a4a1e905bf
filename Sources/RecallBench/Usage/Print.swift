import Files

/// Prints a part of what a command was asked for. It takes the place of Swift's function, which
/// forgets errors: if standard output is full or closed, the command fails at its end. Names from
/// outside cannot command the terminal.
func print(_ items: Any..., separator: String = " ", terminator: String = "\n") {
  let text = items.map { "\($0)" }.joined(separator: separator) + terminator
  StandardStreams.writeResults(visible(text, keepsLines: true))
}
