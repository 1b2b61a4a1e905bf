import Foundation
import Tensors
import Testing

@Suite struct LogarithmTests {
  private func logarithms(_ x: [Float]) -> [Float] {
    stride(from: 0, to: x.count, by: 8).flatMap { i -> [Float] in
      var v = Lanes.zero
      for lane in 0..<min(8, x.count - i) { v[lane] = x[i + lane] }
      let y = logarithmOfOnePlus(v)
      return (0..<min(8, x.count - i)).map { y[$0] }
    }
  }

  /// From the smallest normal number to 255 in steps of a thousandth.
  @Test func relativeErrorIsBelowTwoTenMillionths() {
    var x: [Float] = []
    var next = Float.leastNormalMagnitude
    while next < 255 {
      x.append(next)
      next *= 1.001
    }
    var worst = 0.0
    for (x, y) in zip(x, logarithms(x)) {
      worst = max(worst, abs(Double(y) / log1p(Double(x)) - 1))
    }
    #expect(worst < 2e-7)
  }

  @Test func zeroStaysAndBadNumbersShow() {
    let y = logarithms([0, .nan, .infinity])
    #expect(y[0] == 0 && y[1].isNaN && y[2].isNaN)
  }
}
