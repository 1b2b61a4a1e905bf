import Files

/// A piece of HTML or SVG. Its literals are markup; text interpolated into it is escaped, so that
/// no loss notation or class name can break the page: `"<td>\(label)</td>"`.
package struct HTML: Hashable, ExpressibleByStringInterpolation {
  package private(set) var markup: String

  package static let empty: HTML = ""

  package init(stringLiteral value: String) { markup = value }
  package init(stringInterpolation: Interpolation) { markup = stringInterpolation.markup }

  /// Text that is markup already, such as the page's style sheet.
  package init(verbatim markup: String) { self.markup = markup }

  package struct Interpolation: StringInterpolationProtocol {
    fileprivate var markup = ""

    package init(literalCapacity: Int, interpolationCount: Int) {
      markup.reserveCapacity(literalCapacity)
    }

    package mutating func appendLiteral(_ literal: String) { markup += literal }
    package mutating func appendInterpolation(_ html: HTML) { markup += html.markup }
    package mutating func appendInterpolation(_ text: String) { markup += escapeHTML(text) }
    package mutating func appendInterpolation(_ number: Int) { markup += "\(number)" }

    /// A coordinate, to a tenth of a pixel.
    package mutating func appendInterpolation(_ number: Double) {
      guard number.isFinite, abs(number) < 1e9 else {
        markup += "0"
        return
      }
      let text = fixed(number, 1)
      markup += text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
  }

  package static func + (a: HTML, b: HTML) -> HTML { HTML(verbatim: a.markup + b.markup) }
  package static func += (a: inout HTML, b: HTML) { a.markup += b.markup }
}

extension Sequence where Element == HTML {
  func joined(_ separator: String = "") -> HTML {
    HTML(verbatim: map(\.markup).joined(separator: separator))
  }
}

/// The text for the inside of an element or of a quoted attribute; characters that HTML forbids
/// become the replacement character.
func escapeHTML(_ text: String) -> String {
  var escaped = ""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "&": escaped += "&amp;"
    case "<": escaped += "&lt;"
    case ">": escaped += "&gt;"
    case "\"": escaped += "&quot;"
    case "'": escaped += "&#39;"
    case "\t", "\n": escaped.unicodeScalars.append(scalar)
    case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}": escaped += "\u{FFFD}"
    default: escaped.unicodeScalars.append(scalar)
    }
  }
  return escaped
}
