extension Tensor {
  /// Whether no element is infinite or NaN.
  package var isFinite: Bool {
    let chunk = 4096
    return stride(from: 0, to: count, by: chunk).allSatisfy { start in
      hasOnlyFinite(start..<min(start + chunk, count))
    }
  }

  /// A loop without an exit, so that it is compiled to vector instructions: training asks this of each
  /// gradient of a loss.
  private func hasOnlyFinite(_ range: Range<Int>) -> Bool {
    var sign: UInt32 = 0
    for i in range {
      // The exponent of infinity and NaN is all ones: one more carries into the sign.
      sign |= (base[i].bitPattern & 0x7F80_0000) &+ 0x0080_0000
    }
    return sign >> 31 == 0
  }
}
