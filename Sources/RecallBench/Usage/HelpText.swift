import Foundation

/// The argument parser's help, with what one needs first in front, and examples to be pasted.
struct HelpText {
  private static let width = 80
  /// The program's name in the sources of the examples.
  private static let name = "recallbench"
  private static let exampleIndent = "  "

  let text: String

  /// - Parameters:
  ///   - rendered: the parser's text.
  ///   - program: the program as the user called it.
  init(_ rendered: String, program: String) {
    // Versions and scripts for completion are asked for in the same way.
    guard rendered.contains("USAGE: ") else {
      text = rendered
      return
    }
    let parts = rendered.components(separatedBy: "\n\n")
      .map { $0.trimmingCharacters(in: .newlines) }.filter { !$0.isEmpty }
    text = Self.optionsFirst(parts).map { Self.usage(Self.examples($0, program)) }
      .joined(separator: "\n\n")
  }

  /// The parser prints the options of titled groups before the command's own, which are those that
  /// nobody can do without.
  private static func optionsFirst(_ parts: [String]) -> [String] {
    let isTitle = { (part: String) in
      part.prefix { $0 != "\n" }.wholeMatch(of: /[A-Z][A-Z ]*:/) != nil
    }
    guard let own = parts.firstIndex(where: { $0.hasPrefix("OPTIONS:\n") }),
      let first = parts.firstIndex(where: {
        isTitle($0) && !$0.hasPrefix("ARGUMENTS:") && !$0.hasPrefix("USAGE:")
      }), first < own
    else { return parts }
    var parts = parts
    parts.insert(parts.remove(at: own), at: first)
    return parts
  }

  /// The line of usage, which the parser does not break; an option in brackets stays in one piece.
  private static func usage(_ part: String) -> String {
    guard part.hasPrefix("USAGE: ") else { return part }
    let units = part.matches(of: /\[[^\]]*\]|\S+/).map { String($0.output) }
    var lines = [""]
    for unit in units {
      let line = lines[lines.count - 1]
      if line.isEmpty || line.count + 1 + unit.count <= width {
        lines[lines.count - 1] += (line.isEmpty ? "" : " ") + unit
      } else {
        lines.append("    " + unit)
      }
    }
    return lines.joined(separator: "\n")
  }

  /// A part of examples, with the program's name as the user called it and lines that fit.
  private static func examples(_ part: String, _ program: String) -> String {
    guard part.hasPrefix("\(exampleIndent)\(name) ") else { return part }
    var commands: [String] = []
    for line in part.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
      if let last = commands.last, last.hasSuffix("\\") {
        commands[commands.count - 1] = last.dropLast() + line
      } else {
        commands.append(line)
      }
    }
    return commands.map { command in
      let plain = command.drop { $0 == " " }
      guard plain.hasPrefix("\(name) ") else { return command }
      let asCalled = program + plain.dropFirst(name.count)
      return ShellWords(asCalled).wrapped(width, indent: exampleIndent).joined(separator: "\n")
    }.joined(separator: "\n")
  }
}
