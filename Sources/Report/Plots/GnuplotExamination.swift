import Files

/// The gnuplot that reports are drawn with.
package struct GnuplotExamination: Sendable {
  package let path: String
  /// Such as `5.4`; nil if it could not be asked.
  package let version: String?
  /// Kinds of output that reports need and that it lacks.
  package let missingTerminals: [String]

  /// As `PlotDrawing` and the sheets of pictures set them.
  private static let terminals = ["pngcairo", "pdfcairo", "svg"]

  /// Nil if there is none on the `PATH`.
  package init?() {
    guard let executable = Gnuplot.executable else { return nil }
    path = executable.path
    let question = "set print '-'; print GPVAL_VERSION; print GPVAL_TERMINALS"
    let outcome = try? Program(path, ["-e", question]).run()
    guard let outcome, outcome.status == 0 else {
      (version, missingTerminals) = (nil, [])
      return
    }
    let answer = String(decoding: outcome.output, as: UTF8.self).split(separator: "\n")
    let there = answer.dropFirst().flatMap { $0.split(separator: " ").map(String.init) }
    version = answer.first.map(String.init)
    missingTerminals = Self.terminals.filter { !there.contains($0) }
  }
}
