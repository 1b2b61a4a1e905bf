import Tensors

extension LossConformance {
  /// Steps of the finite differences; logits are moved by one and by twice as much. Values carry
  /// the rounding of 32-bit softmax, which a smaller step would measure; the second step is for
  /// losses so steep (LDAM with a large scale) that the first is too coarse.
  static let steps: [Float] = [0.004, 0.0005]

  /// Relative, in the Euclidean norm. The differences' own error is a few parts in ten thousand.
  private var gradientTolerance: Double {
    // A value of 1 in single precision is uncertain by 6e-8, a difference quotient by 1e-5.
    claims.computedElsewhere ? 3e-2 : 2e-3
  }

  /// The number of logits that may be left out because they are at a kink.
  private static func kinksAllowed(of logits: Int) -> Int { logits / 10 }

  /// - Parameter mayVanish: whether an all-zero gradient is acceptable.
  func gradientMatches(_ batches: [ConformanceBatch], mayVanish: Bool) throws -> Measurement {
    var (worst, isZero, isFinite) = (0.0, true, true)
    var (kinks, logits) = (0, 0)
    for batch in batches {
      let gradient = try evaluate(batch).gradient.array.map(Double.init)
      let (differences, smooth) = try differenceQuotients(batch)
      let error = relativeDistance(
        smooth.map { gradient[$0] }, smooth.map { differences[$0] })
      // A maximum must not drop a NaN.
      worst = error > worst || error.isNaN ? error : worst
      isZero = isZero && gradient.allSatisfy { $0 == 0 }
      isFinite = isFinite && gradient.allSatisfy(\.isFinite)
      kinks += differences.count - smooth.count
      logits += differences.count
    }
    let crowded = kinks > Self.kinksAllowed(of: logits)
    var text = "relative error \(worst.brief), allowed \(gradientTolerance.brief)"
    if kinks > 0 { text += "; \(kinks) of \(logits) logits lie at a kink" }
    if crowded { text += ", too many to judge by the others" }
    if isZero { text += "; the gradient is zero everywhere" }
    if !isFinite { text += "; the gradient is not finite" }
    let holds = worst <= gradientTolerance && isFinite && !crowded && (mayVanish || !isZero)
    return (holds, text)
  }

  /// The derivative of the value by each logit, and the logits where it can be trusted, using the
  /// first step at which few are left out.
  private func differenceQuotients(
    _ batch: ConformanceBatch
  ) throws -> (quotients: [Double], smooth: [Int]) {
    var result = (quotients: [Double](), smooth: [Int]())
    for step in Self.steps {
      result = try differenceQuotients(batch, step)
      let count = result.quotients.count
      if count - result.smooth.count <= Self.kinksAllowed(of: count) { break }
    }
    return result
  }

  /// Central differences at one and two steps, combined so that the error is of fourth order. Where
  /// the two disagree by more than a smooth function could, the value jumps or bends.
  private func differenceQuotients(
    _ batch: ConformanceBatch, _ step: Float
  ) throws -> (quotients: [Double], smooth: [Int]) {
    let (compute, z) = (Compute(), Tensor(batch.shape, batch.logits))
    let held = try (make(batch.shape.c, batch.classPixels) as? any LossWithHeldFactors)?
      .holdingFactors(of: batch.input(compute))
    func value() throws -> Double {
      let input = LossInput(logits: z, labels: batch.labels, compute: compute)
      return try (held ?? make(batch.shape.c, batch.classPixels)).evaluate(input).value
    }
    func quotient(_ i: Int, _ step: Float) throws -> Double {
      let center = z[i]
      defer { z[i] = center }
      // The step actually taken, after rounding.
      let (low, high) = (center - step, center + step)
      z[i] = high
      let above = try value()
      z[i] = low
      return (above - (try value())) / (Double(high) - Double(low))
    }
    let near = try (0..<z.count).map { try quotient($0, step) }
    let far = try (0..<z.count).map { try quotient($0, 2 * step) }
    // The scale of the larger quotients, but not of a few that lie across a jump.
    let magnitudes = near.map(abs).filter { $0 > 0 }.sorted()
    let scale = magnitudes.isEmpty ? 0 : magnitudes[magnitudes.count * 3 / 4]
    // Not "<=": a NaN stays in and fails.
    let smooth = near.indices.filter { !(abs(near[$0] - far[$0]) > 0.02 * scale) }
    return (zip(near, far).map { (4 * $0 - $1) / 3 }, smooth)
  }
}

/// |a - b| / |b| in the Euclidean norm; |a| if b is zero.
func relativeDistance(_ a: [Double], _ b: [Double]) -> Double {
  var (difference, norm) = (0.0, 0.0)
  for (a, b) in zip(a, b) {
    difference += (a - b) * (a - b)
    norm += b * b
  }
  return (norm > 0 ? difference / norm : difference).squareRoot()
}
