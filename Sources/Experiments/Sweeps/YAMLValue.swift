import Files
import Foundation
import Yams

/// A value in a YAML file with its position, so that every error message can give it.
struct YAMLValue {
  let node: Node
  /// The file path as the user gave it.
  let file: String
  /// The key of this value, such as `training`; empty at the top level.
  let name: String
  /// The key path of the enclosing mapping, for messages; empty at the top level.
  let parent: String
  /// What the whole document describes, for messages.
  var document = "a sweep"

  /// Parses the YAML document in a file.
  static func document(_ url: URL) throws(UserError) -> YAMLValue {
    let text = try BoundedFile.text(
      url, atMost: 1 << 20, name: url.relativePath, allowsPipe: true)
    return try document(text, file: url.relativePath)
  }

  /// Parses a YAML document and returns its root.
  static func document(_ text: String, file: String) throws(UserError) -> YAMLValue {
    func problem(_ mark: Mark?, _ text: String) -> UserError {
      UserError(path: file + (mark.map { ":\($0.line):\($0.column)" } ?? ""), problem: text)
    }
    do {
      if let refused = YAMLBounds.refusal(text) {
        throw UserError(
          path: "\(file):\(refused.line):\(refused.column)", problem: refused.problem)
      }
      guard let node = try compose(yaml: text) else {
        throw UserError(path: file + ":1:1", problem: "is empty")
      }
      return YAMLValue(node: node, file: file, name: "", parent: "")
    } catch let error as UserError {
      throw error
    } catch YamlError.scanner(_, let text, let mark, _),
      YamlError.parser(_, let text, let mark, _), YamlError.composer(_, let text, let mark, _)
    {
      throw problem(mark, "not valid YAML: \(text)")
    } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
      throw problem(context.mark, "duplicate key '\(keys.first ?? "")'")
    } catch YamlError.reader(let text, let offset, _, _) {
      throw problem(nil, "not valid YAML: \(text)\(offset.map { " at character \($0)" } ?? "")")
    } catch {
      throw problem(nil, "not valid YAML")
    }
  }

  /// An error that reads `file.yml:LINE:COL: message`.
  func error(_ message: String) -> UserError {
    let place = node.mark.map { ":\($0.line):\($0.column)" } ?? ""
    return UserError(path: file + place, problem: message)
  }

  /// The key path, such as `datasets.potatoes`, for messages; empty at the top level.
  var label: String { parent.isEmpty ? name : "\(parent).\(name)" }

  /// The kind of value, such as `a list`, for messages.
  private var kind: String {
    switch node {
    case .scalar(let scalar): scalar.string.isEmpty ? "nothing" : "'\(scalar.string)'"
    case .mapping: "a mapping"
    case .sequence: "a list"
    case .alias: "an alias"
    }
  }

  func mismatch(_ expected: String) -> UserError {
    error("\(label.isEmpty ? document : label) must be \(expected), not \(kind)")
  }

  // MARK: Mappings and lists

  /// Of a list whose combinations become runs.
  static let mostElements = 1000

  /// Returns the values of a mapping whose keys must all be in `allowed`.
  func fields(_ allowed: [String]) throws(UserError) -> [String: YAMLValue] {
    guard case .mapping(let mapping) = node else {
      throw mismatch("a mapping of \(allowed.joined(separator: ", "))")
    }
    var fields: [String: YAMLValue] = [:]
    for (key, value) in mapping {
      let at = YAMLValue(node: key, file: file, name: name, parent: parent)
      guard case .scalar(let word) = key else { throw at.error("a key must be a word") }
      guard allowed.contains(word.string) else {
        let place = label.isEmpty ? "" : " in \(label)"
        throw at.error(
          "unknown key '\(word.string)'\(place)\(allowedList(for: word.string, allowed))")
      }
      fields[word.string] = YAMLValue(node: value, file: file, name: word.string, parent: label)
    }
    return fields
  }

  /// Reads a non-empty list without duplicates, each element with `read`.
  func list<Element: Hashable>(
    _ read: (YAMLValue) throws(UserError) -> Element
  ) throws(UserError) -> [Element] {
    guard case .sequence(let sequence) = node else { throw mismatch("a list") }
    guard sequence.count <= Self.mostElements else {
      throw error(
        "\(label) has \(sequence.count) elements; at most \(Self.mostElements) are allowed")
    }
    var (elements, seen): ([Element], Set<Element>) = ([], [])
    for node in sequence {
      let value = YAMLValue(node: node, file: file, name: name, parent: parent)
      let element = try read(value)
      guard seen.insert(element).inserted else {
        throw value.error("\(label) lists \(value.kind) twice")
      }
      elements.append(element)
    }
    guard !elements.isEmpty else { throw error("\(label) must not be empty") }
    return elements
  }

  /// Returns the entries of a mapping with arbitrary keys, in file order.
  func entries() throws(UserError) -> [(key: YAMLValue, value: YAMLValue)] {
    guard case .mapping(let mapping) = node else { throw mismatch("a mapping") }
    var entries: [(key: YAMLValue, value: YAMLValue)] = []
    for (key, value) in mapping {
      let at = YAMLValue(node: key, file: file, name: name, parent: parent)
      guard case .scalar(let word) = key else { throw at.error("a key must be a word") }
      entries.append(
        (at, YAMLValue(node: value, file: file, name: word.string, parent: label)))
    }
    return entries
  }

  /// Returns the elements of a list, each with its own position.
  func elements(atMost limit: Int = mostElements) throws(UserError) -> [YAMLValue] {
    guard case .sequence(let sequence) = node else { throw mismatch("a list") }
    guard sequence.count <= limit else {
      throw error("\(label) has \(sequence.count) elements; at most \(limit) are allowed")
    }
    return sequence.map { YAMLValue(node: $0, file: file, name: name, parent: parent) }
  }

  // MARK: Scalars

  func text() throws(UserError) -> String {
    guard case .scalar(let scalar) = node else { throw mismatch("a word") }
    return scalar.string
  }

  func integer(in range: ClosedRange<Int>) throws(UserError) -> Int {
    guard case .scalar(let scalar) = node, let value = Int(scalar.string), range.contains(value)
    else {
      throw mismatch("a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  func number(in range: ClosedRange<Double>) throws(UserError) -> Double {
    guard case .scalar(let scalar) = node, let value = Double(scalar.string), range.contains(value)
    else { throw mismatch("a number from \(range.lowerBound) to \(range.upperBound)") }
    return value
  }

  /// Reads a finite number greater than 0 and at most `limit`.
  func positive(upTo limit: Double) throws(UserError) -> Double {
    guard case .scalar(let scalar) = node, let value = Double(scalar.string), value > 0,
      value <= limit
    else { throw mismatch("a number above 0 and at most \(limit)") }
    return value
  }

  func flag() throws(UserError) -> Bool {
    switch try text() {
    case "true": return true
    case "false": return false
    default: throw mismatch("true or false")
    }
  }

  func choice<Choice: RawRepresentable<String>>(
    of allowed: some Sequence<Choice>
  ) throws(UserError) -> Choice {
    let word = try text()
    let names = allowed.map(\.rawValue)
    guard names.contains(word), let value = Choice(rawValue: word) else {
      throw error("unknown value '\(word)' of \(label)\(allowedList(for: word, names))")
    }
    return value
  }
}
