/// Copies an array whose first axis runs fastest, so that its last axis does.
struct AxisReversal {
  private let shape: [Int]
  /// How far apart neighbors along each axis lie in the input, and in the output.
  private let (from, to): ([Int], [Int])

  init(_ shape: [Int]) {
    self.shape = shape
    from = Self.strides(shape)
    to = Self.strides(shape.reversed()).reversed()
  }

  private static func strides(_ shape: [Int]) -> [Int] {
    var strides: [Int] = []
    var stride = 1
    for extent in shape {
      strides.append(stride)
      stride *= extent
    }
    return strides
  }

  /// - Parameter size: bytes of an element: 1, 4, or 8. Here, and not in a generic function: one that is
  ///   called from other targets is not specialized, and ten times as slow.
  func copy(_ input: UnsafeRawBufferPointer, size: Int, to output: UnsafeMutableRawBufferPointer) {
    switch size {
    case 1: copy(input.bindMemory(to: UInt8.self), output.bindMemory(to: UInt8.self))
    case 4: copy(input.bindMemory(to: UInt32.self), output.bindMemory(to: UInt32.self))
    case 8: copy(input.bindMemory(to: UInt64.self), output.bindMemory(to: UInt64.self))
    default: preconditionFailure("no element has \(size) bytes")
    }
  }

  /// The first and the last axis are innermost: along one of them the input is contiguous, along the
  /// other the output.
  private func copy<Word>(
    _ input: UnsafeBufferPointer<Word>, _ output: UnsafeMutableBufferPointer<Word>
  ) {
    guard let (first, last) = outer, !input.isEmpty else {
      _ = output.update(fromContentsOf: input)
      return
    }
    var position = [Int](repeating: 0, count: shape.count)
    var (source, target) = (0, 0)
    while true {
      for i in 0..<first {
        for j in 0..<last {
          output[target + i * to[0] + j] = input[source + i + j * from[shape.count - 1]]
        }
      }
      // The next place along the axes in between, the last of them first.
      var axis = shape.count - 2
      while axis > 0 {
        position[axis] += 1
        (source, target) = (source + from[axis], target + to[axis])
        if position[axis] < shape[axis] { break }
        (source, target) = (source - shape[axis] * from[axis], target - shape[axis] * to[axis])
        position[axis] = 0
        axis -= 1
      }
      if axis <= 0 { return }
    }
  }

  /// The extents of the first and the last axis; nil where there is only one.
  private var outer: (Int, Int)? { shape.count > 1 ? (shape[0], shape[shape.count - 1]) : nil }
}
