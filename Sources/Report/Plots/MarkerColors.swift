import Foundation

/// A mark's colors on the page: its own where they can be told from the plot, else mixed with
/// white or black until they can.
struct MarkerColors: Hashable {
  /// `#rrggbb`: the filling and the outline, which is also the color of text, on light and dark.
  let fill: String
  let ink: String
  let darkFill: String
  let darkInk: String

  /// The plots' backgrounds, as in the style sheet.
  static let plot: RGB = RGB(0xFFFFFF)
  static let darkPlot: RGB = RGB(0x1E2125)

  init(_ style: MarkerStyle) {
    let (color, text) = (RGB(hex: style.color), RGB(hex: style.textColor))
    fill = color.css
    ink = text.legible(on: Self.plot, contrast: 4.5).css
    // Black stands out on white; so must what stands for it on dark.
    let least = color == RGB(0) ? 11.0 : 3
    darkFill = color.legible(on: Self.darkPlot, contrast: least).css
    darkInk = color.legible(on: Self.darkPlot, contrast: max(least, 4.5)).css
  }

  /// For a `style` attribute; the style sheet chooses by color scheme.
  var properties: HTML {
    "--lf:\(fill);--li:\(ink);--df:\(darkFill);--di:\(darkInk)"
  }
}

/// A color of eight bits a channel.
struct RGB: Hashable {
  let red: Double
  let green: Double
  let blue: Double

  init(_ value: Int) {
    (red, green, blue) = (
      Double(value >> 16 & 255), Double(value >> 8 & 255), Double(value & 255)
    )
  }

  /// `RRGGBB`, with or without `#`; black where it is no such number.
  init(hex: String) { self.init(Int(hex.drop { $0 == "#" }, radix: 16) ?? 0) }

  var css: String {
    let value = Int(red) << 16 | Int(green) << 8 | Int(blue)
    let digits = String(value, radix: 16)
    return "#" + String(repeating: "0", count: 6 - digits.count) + digits
  }

  /// WCAG 2's relative luminance, 0...1.
  private var luminance: Double {
    func linear(_ channel: Double) -> Double {
      let c = channel / 255
      return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4)
    }
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
  }

  /// WCAG 2's contrast ratio, 1...21.
  func contrast(_ other: RGB) -> Double {
    let (a, b) = (luminance, other.luminance)
    return (max(a, b) + 0.05) / (min(a, b) + 0.05)
  }

  /// The nearest mixture with white (on a dark background) or black that has this contrast.
  func legible(on background: RGB, contrast: Double) -> RGB {
    let target = RGB(background.luminance < 0.18 ? 0xFFFFFF : 0)
    return (0...20).lazy.map { mixed(with: target, part: Double($0) / 20) }
      .first { $0.contrast(background) >= contrast } ?? target
  }

  /// - Parameter part: of the other, 0...1.
  func mixed(with other: RGB, part: Double) -> RGB {
    func mix(_ a: Double, _ b: Double) -> Int { Int((a + (b - a) * part).rounded()) }
    return RGB(
      mix(red, other.red) << 16 | mix(green, other.green) << 8 | mix(blue, other.blue))
  }
}
