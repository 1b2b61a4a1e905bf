import Tensors
import Testing

@Suite struct TransposeTests {
  @Test(arguments: 1...35) func lanesArePixels(_ c: Int) {
    let rows = (0..<8 * c).map { Float($0) }
    var lanes = [Lanes](repeating: Lanes(repeating: -1), count: c)
    lanes.withUnsafeMutableBufferPointer {
      loadTransposed(rows, channels: c, into: $0.baseAddress!)
    }
    for j in 0..<c { for i in 0..<8 { #expect(lanes[j][i] == rows[i * c + j]) } }

    // One more than there are, which has to stay as it is.
    var back = [Float](repeating: -1, count: 8 * c + 1)
    back.withUnsafeMutableBufferPointer {
      storeTransposed($0.baseAddress!, channels: c) { lanes[$0] }
    }
    #expect(back == rows + [-1])
  }
}
