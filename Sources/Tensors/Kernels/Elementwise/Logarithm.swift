/// log(1 + x) of eight numbers not below 0, accurate for small ones too; NaN and infinity give NaN.
///
/// 1 + x = 2^k m with m around 1, log m by the degree-8 polynomial of Cephes' `logf` (Moshier
/// 1992), with the rounding error of 1 + x added to first order: relative error below 2e-7.
@inlinable @inline(__always)
package func logarithmOfOnePlus(_ x: Lanes) -> Lanes {
  typealias Bits = SIMD8<UInt32>
  let u = x + 1
  let lost = x - (u - 1)
  // From sqrt(1/2) on, so that m lies in [sqrt(1/2), sqrt(2)).
  let bits = unsafeBitCast(u, to: Bits.self)
  let k = (bits &- Bits(repeating: 0x3f35_04f3)) &>> 23
  let f = unsafeBitCast(bits &- k &<< 23, to: Lanes.self) - 1
  // k as a float: put into the low bits of 2^23.
  let exponent = unsafeBitCast(k | Bits(repeating: 0x4b00_0000), to: Lanes.self) - 8_388_608
  var p = Lanes(repeating: 7.037_683_6e-2)
  p = Lanes(repeating: -0.115_146_10).addingProduct(p, f)
  p = Lanes(repeating: 0.116_769_99).addingProduct(p, f)
  p = Lanes(repeating: -0.124_201_41).addingProduct(p, f)
  p = Lanes(repeating: 0.142_493_23).addingProduct(p, f)
  p = Lanes(repeating: -0.166_680_58).addingProduct(p, f)
  p = Lanes(repeating: 0.200_007_15).addingProduct(p, f)
  p = Lanes(repeating: -0.249_999_94).addingProduct(p, f)
  p = Lanes(repeating: 0.333_333_31).addingProduct(p, f)
  let square = f * f
  var y = p * f * square
  y = y.addingProduct(exponent, Lanes(repeating: -2.121_944_4e-4))
  y = y.addingProduct(square, Lanes(repeating: -0.5))
  y = (y + lost / u) + f
  return y.addingProduct(exponent, Lanes(repeating: 0.693_359_375))
}
