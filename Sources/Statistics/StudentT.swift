import Foundation

/// Student's t distribution with a positive number of degrees of freedom, not necessarily whole.
package struct StudentT: Hashable, Sendable {
  package let degreesOfFreedom: Double

  /// Traps if the degrees of freedom are not positive.
  package init(degreesOfFreedom: Double) {
    precondition(degreesOfFreedom > 0)
    self.degreesOfFreedom = degreesOfFreedom
  }

  /// The probability of a value at least as far from 0 as `t`, on either side.
  package func twoSidedTail(_ t: Double) -> Double {
    guard t.isFinite else { return t.isNaN ? .nan : 0 }
    let x = degreesOfFreedom / (degreesOfFreedom + t * t)
    return incompleteBeta(x, degreesOfFreedom / 2, 0.5)
  }

  /// The t whose two-sided tail is `tail`, in 0 ..< 1 and not 0: 12.7 for 0.05 at one degree of freedom.
  package func bound(twoSidedTail tail: Double) -> Double {
    var (low, high) = (0.0, 1.0)
    while twoSidedTail(high) > tail && high < 1e12 { high *= 2 }
    // Bisection until no double lies in between.
    while true {
      let middle = low + (high - low) / 2
      if middle <= low || middle >= high { return high }
      if twoSidedTail(middle) > tail { low = middle } else { high = middle }
    }
  }
}

/// The regularized incomplete beta function I_x(a, b), by its continued fraction (DLMF 8.17.22)
/// where that converges fast, and by I_x(a, b) = 1 - I_(1-x)(b, a) elsewhere.
func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
  if x <= 0 { return 0 }
  if x >= 1 { return 1 }
  if x > (a + 1) / (a + b + 2) { return 1 - incompleteBeta(1 - x, b, a) }
  let front = exp(
    logGamma(a + b) - logGamma(a) - logGamma(b) + a * log(x) + b * log1p(-x))
  // Lentz's method, from the front of the continued fraction.
  let tiny = 1e-300
  var c = 1.0
  var d = 1 / nonzero(1 - (a + b) * x / (a + 1), tiny)
  var fraction = d
  for m in 1...500 {
    let m = Double(m)
    let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / nonzero(1 + even * d, tiny)
    c = nonzero(1 + even / c, tiny)
    fraction *= d * c
    let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / nonzero(1 + odd * d, tiny)
    c = nonzero(1 + odd / c, tiny)
    fraction *= d * c
    if abs(d * c - 1) < 1e-15 { break }
  }
  return front * fraction / a
}

private func nonzero(_ x: Double, _ tiny: Double) -> Double { abs(x) < tiny ? tiny : x }

/// `lgamma` also gives the sign, through a global on some systems; arguments here are positive.
private func logGamma(_ x: Double) -> Double { Foundation.lgamma(x) }
