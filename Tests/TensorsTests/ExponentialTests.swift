import Foundation
import Tensors
import Testing

@Suite struct ExponentialTests {
  /// A fine sweep of the range: every 1/512, which no multiple of ln 2 falls in step with.
  @Test func relativeErrorIsBelowTwoTenMillionths() {
    var x = stride(from: Float(-87.3), through: 88.3, by: 1 / 512).map { $0 }
    let arguments = x
    x.withUnsafeMutableBufferPointer { exponential($0.baseAddress!, count: $0.count) }
    var worst = 0.0
    for (x, y) in zip(arguments, x) { worst = max(worst, abs(Double(y) / exp(Double(x)) - 1)) }
    #expect(worst < 2e-7)
  }

  @Test func zeroGivesOneAndTheEndsAreHeld() {
    var x: [Float] = [0, -0.0, -100, -87.3, -.infinity, 88.3, 100, .infinity, .nan]
    x.withUnsafeMutableBufferPointer { exponential($0.baseAddress!, count: $0.count) }
    #expect(x[0] == 1 && x[1] == 1)
    #expect(x[2] == x[3] && x[4] == x[3] && x[3].isNormal)
    #expect(x[6] == x[5] && x[7] == x[5] && x[5].isFinite)
    #expect(x[8].isNaN)
  }

  @Test(arguments: 0...17) func everyLengthGivesTheSameBits(_ count: Int) {
    let arguments = (0..<17).map { Float($0) * 1.7 - 13 }
    var (all, some) = (arguments, arguments)
    all.withUnsafeMutableBufferPointer { exponential($0.baseAddress!, count: 17) }
    some.withUnsafeMutableBufferPointer { exponential($0.baseAddress!, count: count) }
    #expect(some == Array(all[..<count]) + arguments[count...])
  }
}
