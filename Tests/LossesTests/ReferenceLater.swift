import Foundation

/// Later losses for the same problem. Seesaw loss's factors take no gradient, which a difference
/// quotient of its value does not know; `SeesawLossTests` has it.
let laterReferences: [String: Reference] = [
  "logit_adjusted_ce": { b, values in
    let total = Double(b.classPixels.reduce(0, +))
    let adjusted = b.logP.map { row in
      zip(row, b.classPixels).map { $0 + values["tau"]! * log(Double($1) / total) }
    }
    return mean(zip(adjusted, b.y).map { -logProbabilities($0)[$1] })
  },
  "jaccard_metric": { b, values in
    let (s, c) = (values["smoothing"]!, Double(b.classes))
    let scores = Set(b.y).sorted().map { k in
      var (smaller, larger) = (0.0, 0.0)
      for i in b.y.indices {
        let t = (b.y[i] == k ? 1 - s : 0) + s / c
        smaller += min(b.p(i, k), t)
        larger += max(b.p(i, k), t)
      }
      return 1 - smaller / larger
    }
    return mean(scores)
  },
  "unified_focal": unifiedFocal,
  "poly1_ce": { b, values in
    let ce = b.ce
    return mean(b.y.indices.map { i in ce[i] + values["epsilon"]! * b.miss(i) })
  },
  "tilted_ce": { b, values in
    let (t, ce) = (values["t"]!, b.ce)
    let means = Set(b.y).sorted().map { c in
      mean(b.y.indices.filter { b.y[$0] == c }.map { ce[$0] })
    }
    let largest = means.max()!
    return largest + log(mean(means.map { exp(t * ($0 - largest)) })) / t
  },
]

/// Recall loss with the recall of each image, or over the sum of the weights; the authors' counts
/// start at one, and they divide by all pixels.
func recallVariant(
  _ b: ReferenceBatch, _ values: [String: Double], countsFromOne: Bool
) -> Double {
  let weights = b.y.indices.map { i in
    let own = b.y.indices.filter {
      b.y[$0] == b.y[i] && (values["per_image"] == nil || b.image[$0] == b.image[i])
    }
    let missed = own.filter { b.predictions[$0] != b.y[$0] }.count
    return Double(countsFromOne ? max(missed, 1) : missed) / Double(own.count)
  }
  let sum = zip(weights, b.ce).reduce(0) { $0 + $1.0 * $1.1 }
  if values["normalize"] != nil {
    let total = weights.reduce(0, +)
    return total > 0 ? sum / total : 0
  }
  return sum / Double(countsFromOne ? b.allY.count : b.y.count)
}

private func mean(_ x: [Double]) -> Double { x.reduce(0, +) / Double(x.count) }

extension ReferenceBatch {
  /// 1 - p_y as the sum of the others.
  fileprivate func miss(_ i: Int) -> Double {
    (0..<classes).reduce(0) { $0 + ($1 == y[i] ? 0 : p(i, $1)) }
  }
}

private func unifiedFocal(_ b: ReferenceBatch, _ values: [String: Double]) -> Double {
  let (delta, gamma) = (values["delta"]!, values["gamma"]!)
  let total = Double(b.classPixels.reduce(0, +))
  func isRare(_ c: Int) -> Bool {
    values["rare"].map { Double(b.classPixels[c]) / total < $0 } ?? false
  }
  // Its classes have both the focal factor and the focal exponent.
  let (isSymmetric, ce) = (values["rare"] == nil, b.ce)
  let focal = b.y.indices.map { i in
    isRare(b.y[i])
      ? delta * ce[i] : (isSymmetric ? delta : 1 - delta) * pow(b.miss(i), gamma) * ce[i]
  }
  let images = Set(b.image).sorted().map { image in
    let pixels = b.y.indices.filter { b.image[$0] == image }
    return mean(
      Set(pixels.map { b.y[$0] }).sorted().map { c in
        let own = pixels.filter { b.y[$0] == c }
        let tp = own.reduce(0) { $0 + b.p($1, c) }
        let fn = own.reduce(0) { $0 + b.miss($1) }
        let fp = pixels.filter { b.y[$0] != c }.reduce(0) { $0 + b.p($1, c) }
        let wrong = delta * fn + (1 - delta) * fp
        return pow(wrong / (tp + wrong), isSymmetric || isRare(c) ? 1 - gamma : 1)
      })
  }
  return values["weight"]! * mean(focal) + (1 - values["weight"]!) * mean(images)
}
