import Files

// Every text that enters a script or a data file of gnuplot does so here, since names of losses, data
// sets, classes and images come from files that somebody else may have written.

/// A string that gnuplot takes as it is: between single quotes nothing is expanded, and only the end of
/// the line or another quote ends it. Quotes within become apostrophes, since gnuplot 5.4 misreads a
/// doubled quote at the beginning.
func gnuplotQuoted(_ text: String) -> String {
  "'" + onOneLine(text).replacing("'", with: "\u{2019}") + "'"
}

/// A string for the label of a tick, which gnuplot takes for a format of the tick's value.
func gnuplotTick(_ text: String) -> String {
  gnuplotQuoted(text.replacing("%", with: "%%"))
}

/// A number of a data file: with fixed decimals where it has any, else with the digits that it has;
/// `NaN` where gnuplot could not draw it.
func gnuplotNumber(_ value: Double, _ decimals: Int) -> String {
  // gnuplot takes what is larger for undefined.
  guard value.isFinite, abs(value) < 1e300 else { return "NaN" }
  let text = fixed(value, decimals)
  return text == dash ? plain(value) : text
}

/// A script of commands, each of which stays one command, whatever text it was made from: lines are
/// broken only where a command continues one that lists plots.
func gnuplotScript(_ commands: [String]) -> String {
  commands.map { command in
    guard !command.hasPrefix("#") else { return onOneLine(command) }
    return command.components(separatedBy: gnuplotContinuation).map(onOneLine)
      .joined(separator: gnuplotContinuation)
  }.joined(separator: "\n") + "\n"
}

/// Between the plots of one command.
let gnuplotContinuation = ", \\\n  "

/// Blocks for `index`, separated by two blank lines.
func gnuplotBlocks(_ blocks: [[String]]) -> String {
  blocks.map { $0.map(onOneLine).joined(separator: "\n") }.joined(separator: "\n\n\n") + "\n"
}

/// The text with spaces for control characters, of which newlines would begin a command.
private func onOneLine(_ text: String) -> String {
  guard text.hasHiddenCharacters else { return text }
  var line = String.UnicodeScalarView()
  for scalar in text.unicodeScalars { line.append(scalar.isHidden ? " " : scalar) }
  return String(line)
}
