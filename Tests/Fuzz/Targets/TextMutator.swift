import Foundation
import Tensors

/// Changes of text by words, numbers, signs and lines.
struct TextMutator: Mutator {
  /// Words that the format knows.
  var words: [String] = []
  /// Signs that open and close something.
  var nesting: [(String, String)] = [("[", "]"), ("{a: ", "}"), ("(", ")")]

  func mutate(_ input: Data, with other: Data, _ random: inout RandomSource) -> Data {
    var tokens = Self.tokens(input)
    guard !tokens.isEmpty else { return Data(anything(&random).utf8) }
    let place = random.below(tokens.count)
    switch random.below(12) {
    case 0, 1: tokens[place] = Data(anything(&random).utf8)
    case 2, 3: replaceNumber(&tokens, &random)
    case 4: tokens.removeSubrange(random.range(in: tokens.count))
    case 5: tokens.insert(contentsOf: tokens[random.range(in: tokens.count)], at: place)
    case 6: tokens.swapAt(place, random.below(tokens.count))
    case 7: tokens.insert(Data(anything(&random).utf8), at: place)
    case 8: nest(&tokens, place, &random)
    case 9:
      let others = Self.tokens(other)
      if !others.isEmpty {
        tokens.insert(contentsOf: others[random.range(in: others.count)], at: place)
      }
    case 10: duplicateLines(&tokens, &random)
    default: tokens[place] = ByteMutator().mutate(tokens[place], with: other, &random)
    }
    return tokens.reduce(into: Data()) { $0 += $1 }
  }

  private func anything(_ random: inout RandomSource) -> String {
    switch random.below(3) {
    case 0: random.element(of: MagicNumbers.texts)
    case 1 where !words.isEmpty: random.element(of: words)
    default: random.element(of: Self.oddities)
    }
  }

  private static let oddities = [
    "", " ", "\n", "\t", "\r\n", "\u{2028}", "\u{85}", "\u{0}", "\u{1b}[2J", "\u{202e}", "\u{feff}",
    "é",
    "e\u{301}", "👩‍👩‍👧", "\u{10ffff}", "'", "\"", "\\", "`", "$", "%s", "&a ", "*a", "*b", "<<: *a",
    "!!binary ",
    "!!float ", "---\n", "...\n", "? ", ": ", "- ", "# ", "|\n", ">\n", "[", "]", "{", "}", "(",
    ")", ",",
    "../", "/", "..", ".", "~", "NULL", "\u{fffd}", "ß", "İ",
    "x" + String(repeating: "y", count: 300),
  ]

  private func replaceNumber(_ tokens: inout [Data], _ random: inout RandomSource) {
    let numbers = tokens.indices.filter {
      tokens[$0].first.map { (0x30...0x39).contains($0) } ?? false
    }
    guard !numbers.isEmpty else { return }
    tokens[random.element(of: numbers)] = Data(random.element(of: MagicNumbers.texts).utf8)
  }

  private func nest(_ tokens: inout [Data], _ place: Int, _ random: inout RandomSource) {
    let (open, close) = random.element(of: nesting)
    let depth = random.element(of: [1, 2, 10, 99, 101, 600, 5000])
    tokens.insert(Data(String(repeating: close, count: depth).utf8), at: place + 1)
    tokens.insert(Data(String(repeating: open, count: depth).utf8), at: place)
  }

  private func duplicateLines(_ tokens: inout [Data], _ random: inout RandomSource) {
    var lines = tokens.reduce(into: Data()) { $0 += $1 }.split(
      separator: 0x0a, omittingEmptySubsequences: false)
    let part = Array(lines[random.range(in: lines.count)])
    let copies = random.element(of: [1, 1, 2, 40])
    let place = random.below(lines.count)
    for _ in 0..<copies { lines.insert(contentsOf: part, at: place) }
    tokens = [Data(lines.joined(separator: [0x0a]))]
  }

  /// Words, numbers, and single signs.
  static func tokens(_ text: Data) -> [Data] {
    var (tokens, kind): ([Data], Int) = ([], -1)
    for byte in text {
      let next = kindOf(byte)
      if next == kind, next < 3, var last = tokens.popLast() {
        last.append(byte)
        tokens.append(last)
      } else {
        tokens.append(Data([byte]))
      }
      kind = next
    }
    return tokens
  }

  private static func kindOf(_ byte: UInt8) -> Int {
    switch byte {
    case 0x30...0x39, 0x2e: 0
    case 0x41...0x5a, 0x61...0x7a, 0x5f, 0x80...: 1
    case 0x20: 2
    default: 3
    }
  }
}
