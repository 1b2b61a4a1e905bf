import Tensors
import Testing

@Suite struct LabelMapTests {
  /// Runs and single pixels, over several blocks, with labels above the classes.
  @Test(arguments: [1, 7, 8, 200, 70_001], [1, 5, 255])
  func histogramCountsEveryLabel(_ pixels: Int, _ classes: Int) {
    var random = RandomSource(seed: UInt64(pixels))
    var ids: [UInt8] = []
    while ids.count < pixels {
      let id = UInt8([0, 3, 4, 6, 254, 255][random.below(6)])
      ids += [UInt8](repeating: id, count: random.below(30) + 1)
    }
    ids.removeLast(ids.count - pixels)
    let labels = LabelMap(n: 1, h: 1, w: pixels, ids: ids)
    let expected = (0..<classes).map { id in ids.count { Int($0) == id } }
    #expect(labels.histogram(classes: classes) == expected)
    for threads in 1...2 {
      #expect(labels.histogram(classes: classes, Compute(threads: threads)) == expected)
    }
  }
}
