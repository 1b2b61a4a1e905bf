import Files

/// A floating table for a LaTeX document that loads `booktabs` and `graphicx`: a caption of at most two
/// lines above, and what else the reader must know in a note below.
struct LaTeXTable {
  /// Without `tab:`.
  let label: String
  let caption: String
  /// Sentences.
  let notes: [String]
  /// Of `tabular`, such as `lrr`.
  let columns: String
  /// Rows and rules between the outer ones.
  let body: [String]

  /// More rows than this would not fit a page in the size of the text.
  private static let mostRows = 32

  /// Wider tables are shrunk to the width of the text, and long ones to a page; others keep the size of
  /// their letters.
  var text: String {
    let lines =
      [
        "% needs \\usepackage{booktabs} and \\usepackage{graphicx}",
        "\\begin{table*}", "\\centering",
        "\\caption{\(escapeLaTeX(caption))}", "\\label{tab:\(label)}",
        body.count > Self.mostRows ? "\\scriptsize" : "\\normalsize",
        "\\resizebox{\\ifdim\\width>\\linewidth\\linewidth\\else\\width\\fi}{!}{%",
        "\\begin{tabular}{\(columns)}", "\\toprule",
      ] + body + [
        "\\bottomrule", "\\end{tabular}}",
        "\\par\\smallskip", "\\begin{minipage}{\\linewidth}\\footnotesize",
      ] + notes.map(escapeLaTeX) + ["\\end{minipage}", "\\end{table*}"]
    return lines.joined(separator: "\n") + "\n"
  }

  static func row(_ cells: [String]) -> String { cells.joined(separator: " & ") + " \\\\" }
}

/// The text with LaTeX's special characters spelled so that they print as themselves.
func escapeLaTeX(_ text: String) -> String {
  var previous: Character?
  return text.map { character in
    defer { previous = character }
    // Two hyphens would become a dash.
    if character == "-" && previous == "-" { return "{}-" }
    let opens = character == "\"" && (previous.map { " ([".contains($0) } ?? true)
    return opens ? "``" : escaped(character)
  }.joined()
}

private func escaped(_ character: Character) -> String {
  switch character {
  case "\\": "\\textbackslash{}"
  case "~": "\\textasciitilde{}"
  case "^": "\\textasciicircum{}"
  case "_", "%", "&", "#", "$", "{", "}": "\\\(character)"
  case "<": "\\textless{}"
  case ">": "\\textgreater{}"
  case "\"": "''"
  case "±": "$\\pm$"
  case "≈": "$\\approx$"
  case "≤": "$\\le$"
  case "≥": "$\\ge$"
  case "×": "$\\times$"
  case "–": "--"
  case _ where character.unicodeScalars.contains(where: \.isHidden): " "
  default: String(character)
  }
}
