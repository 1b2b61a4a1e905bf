/// Lines at the bottom of a terminal that are rewritten in place, and others that stay above them.
final class RewrittenLines {
  /// The terminal's width in characters.
  private let columns: Int
  private let output: (String) -> Void
  private var lines: [String] = []

  init(columns: Int, output: @escaping (String) -> Void) {
    (self.columns, self.output) = (columns, output)
  }

  /// Shows these lines, cut to the terminal's width, in place of those before.
  func draw(_ new: [String]) {
    lines = new.map { String($0.prefix(max(20, columns - 1))) }
    output(erasing(drawn) + lines.joined(separator: "\n"))
    drawn = lines.count
  }

  /// Writes a line that stays.
  func write(_ text: String) {
    output(erasing(drawn) + text + "\n" + lines.joined(separator: "\n"))
    drawn = lines.count
  }

  func clear() {
    output(erasing(drawn))
    (lines, drawn) = ([], 0)
  }

  /// The number of lines on the screen; the cursor is in the last of them.
  private var drawn = 0

  /// Goes to the first of the lines and clears everything from there on.
  private func erasing(_ count: Int) -> String {
    count > 1 ? "\r\u{1b}[\(count - 1)A\u{1b}[J" : "\r\u{1b}[K"
  }
}
