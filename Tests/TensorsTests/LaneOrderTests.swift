import Foundation
import Tensors
import Testing

/// What the number of lanes must not change: the order of sums.
@Suite struct LaneOrderTests {
  /// Each element is summed alone, with fused multiplications and additions, over parts of 256 that are
  /// then added; exactly, whatever the tile and wherever an element lies in it.
  @Test(arguments: [8, 16, 24, 32, 40, 56, 64], [1, 5, 6, 7, 8, 9, 17])
  func productsHaveOneOrderOfSums(columns n: Int, rows m: Int) {
    let k = 300
    var random = RandomSource(seed: 5)
    let a = (0..<m * k).map { _ in Float(random.uniform() - 0.5) }
    let b = (0..<k * n).map { _ in Float(random.uniform() - 0.5) }
    var panels = [Float](repeating: 0, count: PanelProduct.panelSize(k: k, n: n))
    for row in 0..<k {
      for column in 0..<n {
        let width = PanelProduct.width
        panels[column / width * width * k + row * width + column % width] = b[row * n + column]
      }
    }
    // A margin shows what is written past the end.
    var c = [Float](repeating: 7, count: m * n + 64)
    PanelProduct.multiply(m: m, n: n, k: k, a, lda: k, panels: panels, &c, ldc: n)
    for i in 0..<m * n {
      let expected = orderedSum(k) { (a[i / n * k + $0], b[$0 * n + i % n]) }
      #expect(c[i].bitPattern == expected.bitPattern, "element \(i / n), \(i % n)")
    }
    #expect(c[(m * n)...].allSatisfy { $0 == 7 })
  }

  /// Channel loops take each element once: whole vectors, half of one, and the rest.
  @Test func lanesCoverEachElementOnce() {
    for count in 0...70 {
      var seen = [Int](repeating: 0, count: count)
      forLanes(count) { i, n in
        for j in i..<i + n { seen[j] += 1 }
      }
      #expect(seen.allSatisfy { $0 == 1 })
    }
  }

  @Test func partsOfVectorsAreLoadedAndStored() {
    let source = (0..<ChannelLanes.scalarCount).map { Float($0 + 1) }
    for n in 1...ChannelLanes.scalarCount {
      let v = load(source, n)
      for i in 0..<ChannelLanes.scalarCount { #expect(v[i] == (i < n ? source[i] : 0)) }
      var target = [Float](repeating: 0, count: ChannelLanes.scalarCount + 1)
      store(v, &target, n)
      #expect(Array(target[..<n]) == Array(source[..<n]))
      #expect(target[n...].allSatisfy { $0 == 0 })
    }
  }
}

private func orderedSum(_ k: Int, _ factors: (Int) -> (Float, Float)) -> Float {
  var total = Float.zero
  for first in stride(from: 0, to: k, by: 256) {
    var part = Float.zero
    for i in first..<min(k, first + 256) {
      let (x, y) = factors(i)
      part.addProduct(x, y)
    }
    total = first == 0 ? part : part + total
  }
  return total
}
