/// Lines at the bottom of a terminal that are rewritten in place, and others that stay above them.
final class RewrittenLines {
  /// The terminal's width in characters.
  private let columns: Int
  private let output: (String) -> Void

  init(columns: Int, output: @escaping (String) -> Void) {
    (self.columns, self.output) = (columns, output)
  }

  /// Shows these lines, cut to the terminal's width, in place of those before.
  func draw(_ lines: [String]) {
    output(erasing(drawn) + fitting(lines))
    drawn = lines.count
  }

  /// Writes a line that stays, and these lines below it.
  func write(_ text: String, above lines: [String]) {
    output(erasing(drawn) + text + "\n" + fitting(lines))
    drawn = lines.count
  }

  func clear() {
    output(erasing(drawn))
    drawn = 0
  }

  private func fitting(_ lines: [String]) -> String {
    lines.map { String($0.prefix(max(20, columns - 1))) }.joined(separator: "\n")
  }

  /// The number of lines on the screen; the cursor is in the last of them.
  private var drawn = 0

  /// Goes to the first of the lines and clears everything from there on.
  private func erasing(_ count: Int) -> String {
    count > 1 ? "\r\u{1b}[\(count - 1)A\u{1b}[J" : "\r\u{1b}[K"
  }
}
