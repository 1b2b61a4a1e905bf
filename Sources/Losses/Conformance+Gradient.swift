import Tensors

extension LossConformance {
  /// The step of the finite differences; logits are moved by it and by twice as much. Values carry
  /// the rounding of 32-bit softmax, so a smaller step would measure that.
  static let step: Float = 0.01

  /// Relative, in the Euclidean norm. The differences' own error is a few parts in ten thousand.
  static let gradientTolerance = 2e-3

  /// The share of logits that may be left out for lying at a kink.
  static let kinksAllowed = 0.1

  /// - Parameter mayVanish: whether a gradient of nothing but zeros is fine.
  func gradientMatches(_ batches: [ConformanceBatch], mayVanish: Bool) throws -> Measurement {
    var (worst, isZero, isFinite) = (0.0, true, true)
    var (kinks, logits) = (0, 0)
    for batch in batches {
      let gradient = try evaluate(batch).gradient.array.map(Double.init)
      let differences = try differenceQuotients(batch)
      let smooth = differences.indices.filter { differences[$0] != nil }
      let error = relativeDistance(
        smooth.map { gradient[$0] }, smooth.compactMap { differences[$0] })
      // A NaN must not be lost in a maximum.
      worst = error > worst || error.isNaN ? error : worst
      isZero = isZero && gradient.allSatisfy { $0 == 0 }
      isFinite = isFinite && gradient.allSatisfy(\.isFinite)
      kinks += differences.count - smooth.count
      logits += differences.count
    }
    let crowded = Double(kinks) > Self.kinksAllowed * Double(logits)
    var text = "relative error \(worst.brief), allowed \(Self.gradientTolerance.brief)"
    if kinks > 0 { text += "; \(kinks) of \(logits) logits lie at a kink" }
    if crowded { text += ", too many to judge by the others" }
    if isZero { text += "; the gradient is zero everywhere" }
    if !isFinite { text += "; the gradient is not finite" }
    let holds = worst <= Self.gradientTolerance && isFinite && !crowded && (mayVanish || !isZero)
    return (holds, text)
  }

  /// The derivative of the value by each logit: central differences at one and two steps, combined
  /// so that the error is of fourth order. nil where the two disagree by more than a smooth function
  /// could: the value jumps or bends there.
  private func differenceQuotients(_ batch: ConformanceBatch) throws -> [Double?] {
    let (compute, z) = (Compute(), Tensor(batch.shape, batch.logits))
    func value() throws -> Double {
      let input = LossInput(logits: z, labels: batch.labels, compute: compute)
      return try make(batch.shape.c, batch.classPixels).evaluate(input).value
    }
    func quotient(_ i: Int, _ step: Float) throws -> Double {
      let center = z.base[i]
      defer { z.base[i] = center }
      // The step actually made, after rounding.
      let (low, high) = (center - step, center + step)
      z.base[i] = high
      let above = try value()
      z.base[i] = low
      return (above - (try value())) / (Double(high) - Double(low))
    }
    let pairs = try (0..<z.count).map { i in
      (near: try quotient(i, Self.step), far: try quotient(i, 2 * Self.step))
    }
    // That of the larger quotients, but not of a few that lie across a jump.
    let magnitudes = pairs.map { abs($0.near) }.filter { $0 > 0 }.sorted()
    let scale = magnitudes.isEmpty ? 0 : magnitudes[magnitudes.count * 3 / 4]
    return pairs.map { near, far in
      // Not "<=": a NaN stays in and fails.
      abs(near - far) > 0.02 * scale ? nil : (4 * near - far) / 3
    }
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
