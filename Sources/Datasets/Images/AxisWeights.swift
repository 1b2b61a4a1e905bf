/// For each output along one axis of a resized image, the inputs that contribute to it.
///
/// Enlarging is bilinear between pixel centers. Shrinking averages the area an output covers,
/// borders in proportion, so that small objects fade instead of being hit or missed by chance.
struct AxisWeights {
  /// The first input of each output.
  private(set) var first: [Int] = []
  /// The inputs of output i have `weights[start[i]..<start[i + 1]]`, which sum to one.
  private(set) var start: [Int] = [0]
  private(set) var weights: [Float] = []

  /// The inputs that contribute to any output.
  var inputs: Range<Int> {
    guard let first = first.first, let last = self.first.last else { return 0..<0 }
    return first..<last + start[start.count - 1] - start[start.count - 2]
  }

  /// - Parameters:
  ///   - size: inputs.
  ///   - newSize: outputs of the whole axis.
  ///   - window: the outputs to compute, within 0..<newSize.
  init(from size: Int, to newSize: Int, window: Range<Int>) {
    for i in window {
      if newSize < size { average(i, size, newSize) } else { interpolate(i, size, newSize) }
      start.append(weights.count)
    }
  }

  /// In units of 1/newSize inputs, output i covers [i * size, (i + 1) * size) and input j covers
  /// [j * newSize, (j + 1) * newSize): the overlaps are exact integers.
  private mutating func average(_ i: Int, _ size: Int, _ newSize: Int) {
    let (low, high) = (i * size, (i + 1) * size)
    first.append(low / newSize)
    for j in low / newSize..<(high + newSize - 1) / newSize {
      let overlap = min(high, (j + 1) * newSize) - max(low, j * newSize)
      weights.append(Float(overlap) / Float(size))
    }
  }

  private mutating func interpolate(_ i: Int, _ size: Int, _ newSize: Int) {
    let center = (Double(i) + 0.5) * Double(size) / Double(newSize) - 0.5
    let position = min(max(center, 0), Double(size - 1))
    let low = min(Int(position), size - 1)
    let fraction = Float(position - Double(low))
    first.append(low)
    weights.append(1 - fraction)
    if fraction > 0 { weights.append(fraction) }
  }
}
