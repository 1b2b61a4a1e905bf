import Tensors

extension SplitScheme {
  /// Divides one view's frames as the paper does for SYNTHIA: int(0.7 n) training, int(0.1 n)
  /// validation, the rest test. The result is sorted within each split and does not depend on the
  /// order of `names`.
  func divide(_ names: [String], view: String, seed: UInt64) -> [Split: [String]] {
    let sorted = names.sorted()
    var order = Array(sorted.indices)
    if self == .shuffled {
      var random = RandomSource(seed: seed, purpose: "split of \(view)")
      order = random.permutation(of: sorted.count)
    }
    let train = Int(0.7 * Double(sorted.count))
    let validation = train + Int(0.1 * Double(sorted.count))
    func part(_ range: Range<Int>) -> [String] { order[range].sorted().map { sorted[$0] } }
    return [
      .train: part(0..<train), .validation: part(train..<validation),
      .test: part(validation..<sorted.count),
    ]
  }
}

extension RandomSource {
  /// 0..<count in random order (Fisher-Yates).
  mutating func permutation(of count: Int) -> [Int] {
    var order = Array(0..<count)
    for last in stride(from: count - 1, to: 0, by: -1) { order.swapAt(last, below(last + 1)) }
    return order
  }
}
