import Foundation

extension RandomSource {
  /// Standard normal (Box and Muller 1958); each call draws two uniforms.
  public mutating func normal() -> Double {
    let radius = (-2 * log(1 - uniform())).squareRoot()
    return radius * cos(2 * .pi * uniform())
  }
}
