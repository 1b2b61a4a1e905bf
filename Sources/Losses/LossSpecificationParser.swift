/// Reads `name` or `name(parameter: number, ...)`; blanks are free between tokens.
struct LossSpecificationParser {
  private let source: String
  private let characters: [Character]
  private var position = 0

  init(_ source: String) {
    self.source = source
    characters = Array(source)
  }

  mutating func parse() throws -> LossSpecification {
    skipBlanks()
    let start = position
    let name = takeWord()
    guard let descriptor = LossRegistry.descriptor(named: name) else {
      let allowed = "use one of " + LossRegistry.all.map(\.name).joined(separator: ", ")
      throw error(
        at: start,
        name.isEmpty
          ? "a loss's name is missing; \(allowed)"
          : "unknown loss \"\(name)\"; \(allowed)")
    }
    let given = try parseParameters(of: descriptor)
    skipBlanks()
    guard position == characters.count else {
      throw error(at: position, "nothing may follow the loss, but here is \"\(rest)\"")
    }
    return LossSpecification(descriptor: descriptor, given: given)
  }

  private mutating func parseParameters(of descriptor: LossDescriptor) throws -> [String: Double] {
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
            : "unknown parameter \"\(name)\"; \(allowed)")
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

  private mutating func parseValue(of parameter: LossParameter) throws -> Double {
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
    // Minus zero would be a second way to write zero.
    return value == 0 ? 0 : value
  }

  /// What parameters a loss takes, as a clause.
  private static func signature(of descriptor: LossDescriptor) -> String {
    guard !descriptor.parameters.isEmpty else { return "\(descriptor.name) takes none" }
    let list = descriptor.parameters.map { "\($0.name) (\($0.range), default \($0.defaultText))" }
    return "\(descriptor.name) takes " + list.joined(separator: ", ")
  }

  private func error(at position: Int, _ message: String) -> LossSpecificationError {
    LossSpecificationError(source: source, column: position + 1, message: message)
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
