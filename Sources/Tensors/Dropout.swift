/// A mask for inverted dropout (Srivastava et al. 2014): 0 with probability `rate`, else
/// 1 / (1 - rate), drawn from `random` in element order.
package func dropoutMask(
  _ shape: Shape, rate: Double, _ random: inout RandomSource, _ compute: Compute
) -> Tensor {
  let mask = compute.empty(shape)
  let keep = Float(1 / (1 - rate))
  let threshold = UInt64(rate * 0x1p32)
  for i in 0..<mask.count { mask.base[i] = random.next() >> 32 < threshold ? 0 : keep }
  return mask
}
