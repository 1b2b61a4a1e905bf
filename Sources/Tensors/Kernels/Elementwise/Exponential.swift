/// exp of every element, in place, eight at a time.
///
/// Cody-Waite reduction to |r| <= ln 2 / 2 and a degree-6 polynomial, as in Cephes' `expf`
/// (Moshier 1992): relative error below 2e-7. Arguments below -87.3 give the smallest normal
/// numbers rather than 0, above 88.3 the largest finite.
package func exponential(_ x: UnsafeMutablePointer<Float>, count: Int) {
  typealias V = SIMD8<Float>
  let whole = count & ~7
  let raw = UnsafeMutableRawPointer(x)
  var i = 0
  while i < whole {
    let offset = i * 4
    raw.storeBytes(
      of: exponential(raw.loadUnaligned(fromByteOffset: offset, as: V.self)),
      toByteOffset: offset, as: V.self)
    i += 8
  }
  if whole < count {
    var tail = V(repeating: 0)
    for j in whole..<count { tail[j - whole] = x[j] }
    tail = exponential(tail)
    for j in whole..<count { x[j] = tail[j - whole] }
  }
}

@inlinable @inline(__always)
package func exponential(_ argument: SIMD8<Float>) -> SIMD8<Float> {
  typealias V = SIMD8<Float>
  let x = larger(smaller(argument, V(repeating: 88.3)), V(repeating: -87.3))
  // Adding 1.5 * 2^23 rounds to the nearest integer and leaves it in the low bits, from which the
  // exponent is built without a conversion (SIMD conversions are not vectorized).
  let magic = V(repeating: 12_582_912)
  let shifted = magic.addingProduct(x, V(repeating: 1.442_695_04))
  let k = shifted - magic
  var r = x.addingProduct(k, V(repeating: -0.693_359_375))
  r = r.addingProduct(k, V(repeating: 2.121_944_4e-4))
  var p = V(repeating: 1.987_569_1e-4)
  p = V(repeating: 1.398_199_9e-3).addingProduct(p, r)
  p = V(repeating: 8.333_452e-3).addingProduct(p, r)
  p = V(repeating: 4.166_579_6e-2).addingProduct(p, r)
  p = V(repeating: 0.166_666_65).addingProduct(p, r)
  p = V(repeating: 0.5).addingProduct(p, r)
  let y = (r + 1).addingProduct(p, r * r)
  let exponent = (unsafeBitCast(shifted, to: SIMD8<UInt32>.self) &+ 127) &<< 23
  return y * unsafeBitCast(exponent, to: V.self)
}
