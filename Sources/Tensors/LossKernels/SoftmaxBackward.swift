extension SoftmaxTile {
  /// From d value / d p to d value / d z, in place of the powers: dz_j = p_j (g_j - sum_k p_k g_k).
  ///
  /// A constant added to all g_k changes nothing, so that of the most probable class is subtracted
  /// first: where its p is near 1, the difference in parentheses then keeps its precision.
  ///
  /// - Parameters:
  ///   - rows: where the gradient with respect to the logits goes, [8, C].
  ///   - spillsOnIgnored: ignored pixels get a gradient too.
  ///   - g: the gradient with respect to a class's probability.
  @inline(__always)
  func softmaxBackward(
    _ rows: UnsafeMutablePointer<Float>, spillsOnIgnored: Bool = false, classes c: Int,
    _ g: (_ class: Int) -> Lanes
  ) {
    let (powers, byP) = (powers, room)
    let scale = scale(spillsOnIgnored: spillsOnIgnored)
    var (origin, mean) = (Lanes.zero, Lanes.zero)
    for j in 0..<c {
      byP[j] = g(j)
      origin.replace(with: byP[j], where: powers[j] .== 1)
    }
    for j in 0..<c {
      powers[j] *= scale
      byP[j] -= origin
      mean.addProduct(powers[j], byP[j])
    }
    for j in 0..<c { powers[j] *= byP[j] - mean }
    storeTransposed(powers, channels: c, into: rows)
  }

  /// The factor that turns powers into probabilities; 0 in lanes beyond the batch and, unless they
  /// take part, at ignored pixels.
  @inline(__always)
  func scale(spillsOnIgnored: Bool) -> Lanes {
    let isOut =
      spillsOnIgnored
      ? Lanes(0, 1, 2, 3, 4, 5, 6, 7) .>= Lanes(repeating: Float(count)) : .!isValid
    return scale.replacing(with: 0, where: isOut)
  }
}
