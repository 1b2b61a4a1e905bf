import Files

/// The parameters of a PyTorch loss, such as `alpha=0.3, reduction='mean'`: names with Python
/// literals, which the worker passes on as keyword arguments.
///
/// A colon may stand in place of the equals sign, as in the notation of the built-in losses. Equal
/// parameters in the same order have one normal form, so that they make one run.
struct TorchArguments {
  /// What is wrong with the text, as a clause.
  struct Mistake: Error { let text: String }

  /// The normal form; empty if there are none.
  let text: String

  private init(text: String) { self.text = text }

  /// - Parameter text: what stands between the parentheses.
  init(parsing text: String) throws(Mistake) {
    var reader = LiteralReader(text)
    var list: [(name: String, value: String)] = []
    while !reader.isAtEnd {
      let name = reader.takeWord()
      guard !name.isEmpty, name.first?.isNumber != true else {
        throw Mistake(text: "parameters are written as name=value, but found \"\(reader.rest)\"")
      }
      guard reader.take("=") || reader.take(":") else {
        throw Mistake(text: "parameters are written as name=value, but found \"\(excerpt(name))\"")
      }
      guard !list.contains(where: { $0.name == name }) else {
        throw Mistake(text: "\(excerpt(name)) is given twice")
      }
      guard let value = reader.takeLiteral() else {
        throw Mistake(
          text:
            "\(excerpt(name)) needs a number, a quoted string, True, False, None, or a list of these, but "
            + "found \"\(reader.rest)\"")
      }
      list.append((name, value))
      guard reader.isAtEnd || reader.take(",") else {
        throw Mistake(text: "a comma is missing before \"\(reader.rest)\"")
      }
    }
    self.init(text: list.map { "\($0.name)=\($0.value)" }.joined(separator: ", "))
  }
}

/// Reads Python's literals.
private struct LiteralReader {
  private var characters: Substring

  init(_ text: String) {
    characters = Substring(text)
    skipBlanks()
  }

  var isAtEnd: Bool { characters.isEmpty }
  var rest: String { String(characters.prefix(40)) }

  private mutating func skipBlanks() { characters = characters.drop { $0 == " " || $0 == "\t" } }

  mutating func take(_ character: Character) -> Bool {
    guard characters.first == character else { return false }
    characters.removeFirst()
    skipBlanks()
    return true
  }

  private mutating func take(while accept: (Character) -> Bool) -> String {
    let taken = characters.prefix(while: accept)
    characters = characters[taken.endIndex...]
    skipBlanks()
    return String(taken)
  }

  mutating func takeWord() -> String { take { $0 == "_" || $0.isLetter || $0.isNumber } }

  /// Python's own parser gives up at a similar one.
  private static let mostDepth = 100

  /// In normal form; nil if there is none.
  mutating func takeLiteral(depth: Int = 0) -> String? {
    guard let first = characters.first, depth <= Self.mostDepth else { return nil }
    switch first {
    case "'", "\"": return takeText(first)
    case "[": return takeList(until: "]", depth)
    case "(": return takeList(until: ")", depth)
    case _ where first.isLetter:
      let constants = ["true": "True", "false": "False", "none": "None"]
      let before = characters
      let constant = constants[takeWord().lowercased()]
      if constant == nil { characters = before }
      return constant
    default: return takeNumber()
    }
  }

  private mutating func takeText(_ quote: Character) -> String? {
    characters.removeFirst()
    let text = characters.prefix { $0 != quote && $0 != "\\" && $0 != "'" && !$0.isNewline }
    guard characters[text.endIndex...].first == quote else { return nil }
    characters = characters[text.endIndex...].dropFirst()
    skipBlanks()
    return "'\(text)'"
  }

  private mutating func takeList(until end: Character, _ depth: Int) -> String? {
    characters.removeFirst()
    skipBlanks()
    var elements: [String] = []
    while characters.first != end {
      guard let element = takeLiteral(depth: depth + 1) else { return nil }
      elements.append(element)
      guard take(",") || characters.first == end else { return nil }
    }
    _ = take(end)
    let list = elements.joined(separator: ", ")
    return end == "]" ? "[\(list)]" : "(\(list)\(elements.count == 1 ? "," : ""))"
  }

  private mutating func takeNumber() -> String? {
    let before = characters
    let text = take { $0.isASCII && ($0.isNumber || "+-.eE".contains($0)) }
    if text.wholeMatch(of: /[+-]?[0-9]+/) != nil, let whole = Int(text) { return "\(whole)" }
    let isDecimal = text.wholeMatch(of: /[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?/) != nil
    guard isDecimal, let number = Double(text), number.isFinite else {
      characters = before
      return nil
    }
    return "\(number == 0 ? 0 : number)"
  }
}
