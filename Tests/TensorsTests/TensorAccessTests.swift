import Tensors
import Testing

/// What losses of users read and write tensors by.
@Suite struct TensorAccessTests {
  private let shape = Shape(n: 2, h: 3, w: 4, c: 5)

  @Test func allWaysReachTheSameElement() {
    let tensor = Tensor(shape, (0..<shape.count).map(Float.init))
    #expect(tensor[1, 2, 3, 4] == 119 && tensor[119] == 119)
    #expect(tensor.withSpan { $0[119] } == 119)
    tensor[7] = -1
    tensor.withMutableSpan { $0[8] = -2 }
    #expect(tensor[0, 0, 1, 2] == -1 && tensor[0, 0, 1, 3] == -2)
    #expect(tensor.withMutableSpan { $0.count } == shape.count)
  }

  @Test(arguments: [-1, 120])
  func placesOutsideTrap(_ index: Int) async {
    switch index {
    case -1:
      await #expect(processExitsWith: .failure) {
        _ = Tensor(Shape(n: 2, h: 3, w: 4, c: 5))[-1]
      }
    default:
      await #expect(processExitsWith: .failure) {
        Tensor(Shape(n: 2, h: 3, w: 4, c: 5)).withMutableSpan { $0[120] = 1 }
      }
    }
  }

  @Test(arguments: [Float.nan, -.nan, .infinity, -.infinity])
  func oneElementThatIsNotFiniteIsFound(value: Float) {
    let extremes: [Float] = [
      .greatestFiniteMagnitude, -.greatestFiniteMagnitude, -0, .leastNonzeroMagnitude,
    ]
    let count = 9000
    for index in [0, 17, 4095, 4096, count - 1] {
      let tensor = Tensor(Shape(n: 1, h: 1, w: 1, c: count), (0..<count).map { extremes[$0 % 4] })
      #expect(tensor.isFinite)
      tensor[index] = value
      #expect(!tensor.isFinite)
    }
  }
}
