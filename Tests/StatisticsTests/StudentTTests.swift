import Foundation
import Testing

import Statistics

@Suite struct StudentTTests {
  /// Percentage points of printed tables (Abramowitz and Stegun, table 26.10), two-sided 5 percent.
  @Test(arguments: [(1.0, 12.706), (2, 4.303), (3, 3.182), (10, 2.228), (30, 2.042), (120, 1.980)])
  func boundsAreThoseOfTheTables(degreesOfFreedom: Double, bound: Double) {
    let t = StudentT(degreesOfFreedom: degreesOfFreedom)
    #expect(abs(t.bound(twoSidedTail: 0.05) - bound) < 5e-4)
    #expect(abs(t.twoSidedTail(t.bound(twoSidedTail: 0.05)) - 0.05) < 1e-12)
  }

  /// One and two degrees of freedom have closed forms.
  @Test func tailsAreTheClosedForms() {
    for t in [0.0, 0.1, 1, 3, 50, 1e4] {
      let one = StudentT(degreesOfFreedom: 1).twoSidedTail(t)
      let cauchy = 1 - 2 * atan(t) / .pi
      #expect(abs(one - cauchy) < 1e-12 + 1e-9 * cauchy, "\(t)")
      let two = StudentT(degreesOfFreedom: 2).twoSidedTail(t)
      #expect(abs(two - (1 - t / (2 + t * t).squareRoot())) < 1e-12, "\(t)")
    }
  }

  @Test func manyDegreesOfFreedomAreTheNormalDistribution() {
    #expect(abs(StudentT(degreesOfFreedom: 1e7).bound(twoSidedTail: 0.05) - 1.959964) < 1e-5)
  }

  @Test func extremesAreNotNumbersGoneWrong() {
    #expect(StudentT(degreesOfFreedom: 3).twoSidedTail(.infinity) == 0)
    #expect(StudentT(degreesOfFreedom: 3).twoSidedTail(0) == 1)
    #expect(StudentT(degreesOfFreedom: 0.5).bound(twoSidedTail: 0.05) > 100)
  }

  /// Worked by hand: 0.01 * 4, 0.02 * 3, 0.03 * 2 below the one before, 0.5.
  @Test func holmMultipliesByWhatIsLeft() {
    let adjusted = holm([0.5, 0.01, 0.03, 0.02])
    for (a, b) in zip(adjusted, [0.5, 0.04, 0.06, 0.06]) { #expect(abs(a - b) < 1e-12) }
    #expect(holm([0.9, 0.8]) == [1, 1])
    #expect(holm([]) == [])
  }
}
