import Files

/// Reads `term + term + ...`, a term being `name` or `name(parameter: number, ...)` with an
/// optional `number *` before it; blanks between tokens are optional.
struct LossSpecificationParser {
  private let source: String
  private let characters: [Character]
  private var position = 0

  init(_ source: String) {
    self.source = source
    characters = Array(source)
  }

  /// The terms as written: at least one, no loss twice.
  mutating func parse() throws(UserError) -> [LossSpecification.Term] {
    var terms: [LossSpecification.Term] = []
    repeat {
      skipBlanks()
      let start = position
      let term = try parseTerm()
      guard !terms.contains(where: { $0.loss == term.loss }) else {
        throw error(
          at: start, "\(term.loss) appears twice; write it once, with the sum of its weights")
      }
      terms.append(term)
    } while take("+")
    skipBlanks()
    guard position == characters.count else {
      let hint = characters[position] == "*" ? "; a weight comes before its loss: 0.5 * ce" : ""
      throw error(
        at: position, "only + and another loss may follow, but found \"\(rest)\"\(hint)")
    }
    return terms
  }

  private mutating func parseTerm() throws(UserError) -> LossSpecification.Term {
    let weight = try parseWeight()
    skipBlanks()
    let start = position
    let name = takeWord()
    guard let descriptor = LossRegistry.descriptor(named: name) else {
      let names = LossRegistry.all.map(\.name)
      let allowed = "use one of " + names.joined(separator: ", ")
      throw error(
        at: start,
        name.isEmpty
          ? "a loss's name is missing; \(allowed)"
          : "unknown loss \"\(name)\"; \(Self.meant(name, names))\(allowed)")
    }
    return LossSpecification.Term(
      weight: weight, descriptor: descriptor, given: try parseParameters(of: descriptor))
  }

  /// The number before `*`; 1 where the term begins with a name.
  private mutating func parseWeight() throws(UserError) -> Double {
    guard let first = characters[position...].first, "0123456789+-.".contains(first) else {
      return 1
    }
    let start = position
    var text = take { "+-".contains($0) }
    text += take { $0.isASCII && ($0.isNumber || $0.isLetter || $0 == ".") }
    // The sign of an exponent belongs to the number; any other sign starts the next term.
    if let last = text.last, "eE".contains(last), text.dropLast().last?.isNumber == true {
      text += take { "+-".contains($0) } + take { $0.isASCII && $0.isNumber }
    }
    let plain = text.allSatisfy { $0.isNumber || "+-.eE".contains($0) }
    guard plain, let weight = Double(text), weight.isFinite, weight > 0 else {
      throw error(at: start, "a weight must be a finite number above 0, not \(text)")
    }
    guard take("*") else {
      throw error(at: position, "a * is missing between the weight and its loss, as in 0.5 * ce")
    }
    return weight
  }

  private mutating func parseParameters(of descriptor: LossDescriptor) throws(UserError) -> [String:
    Double]
  {
    var given: [String: Double] = [:]
    guard take("(") else { return given }
    if take(")") { return given }
    repeat {
      skipBlanks()
      let start = position
      let name = takeWord()
      guard let parameter = descriptor.parameters.first(where: { $0.name == name }) else {
        let allowed = Self.signature(of: descriptor)
        throw error(
          at: start,
          name.isEmpty
            ? "a parameter's name is missing; \(allowed)"
            : "unknown parameter \"\(name)\"; "
              + Self.meant(name, descriptor.parameters.map(\.name)) + allowed)
      }
      guard given[name] == nil else { throw error(at: start, "\(name) is given twice") }
      guard take(":") else {
        throw error(at: position, "a colon is missing; write \(name): number")
      }
      given[name] = try parseValue(of: parameter)
    } while take(",")
    guard take(")") else {
      throw error(at: position, "a comma or a closing parenthesis is missing")
    }
    return given
  }

  private mutating func parseValue(of parameter: LossParameter) throws(UserError) -> Double {
    skipBlanks()
    let start = position
    let text = take { $0.isASCII && ($0.isNumber || $0.isLetter || "+-._".contains($0)) }
    // `Double` reads "inf", "nan" and hexadecimal too.
    let plain = text.allSatisfy { $0.isNumber || "+-.eE".contains($0) }
    guard plain, let value = Double(text), value.isFinite else {
      throw error(at: start, "a number is needed for \(parameter.name), \(parameter.range)")
    }
    guard parameter.range.contains(value) else {
      throw error(at: start, "\(parameter.name) must be \(parameter.range), not \(text)")
    }
    // Negative zero would be a second way to write zero.
    return value == 0 ? 0 : value
  }

  /// `did you mean "focal"? `; empty if nothing is close.
  private static func meant(_ word: String, _ allowed: [String]) -> String {
    suggestion(for: word, among: allowed).map { "did you mean \"\($0)\"? " } ?? ""
  }

  /// The parameters that a loss takes, as a clause.
  private static func signature(of descriptor: LossDescriptor) -> String {
    guard !descriptor.parameters.isEmpty else { return "\(descriptor.name) takes none" }
    let list = descriptor.parameters.map { "\($0.name) (\($0.range), default \($0.defaultText))" }
    return "\(descriptor.name) takes " + list.joined(separator: ", ")
  }

  /// Counts columns in characters from 1; one past the end if something is missing there.
  private func error(at position: Int, _ message: String) -> UserError {
    UserError("loss \"\(source)\", column \(position + 1): \(message)")
  }

  private var rest: String { String(characters[position...]) }

  private mutating func skipBlanks() { _ = take { $0 == " " || $0 == "\t" } }

  private mutating func takeWord() -> String {
    take { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == ".") }
  }

  private mutating func take(while accept: (Character) -> Bool) -> String {
    let start = position
    while position < characters.count, accept(characters[position]) { position += 1 }
    return String(characters[start..<position])
  }

  /// Skips blanks, and the character if it comes next.
  private mutating func take(_ character: Character) -> Bool {
    skipBlanks()
    guard position < characters.count, characters[position] == character else { return false }
    position += 1
    return true
  }
}
