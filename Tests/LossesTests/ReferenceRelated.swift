import Foundation

/// The losses of the paper's related work and of its section III-C.
let relatedReferences: [String: Reference] = [
  "soft_dice": { b, _ in overlap(b, perImage: true, softDice) },
  "soft_tversky": { b, values in
    overlap(b, perImage: true) { softTversky($0, $1, values["alpha"]!, values["beta"]!) }
  },
  "jaccard": { b, _ in overlap(b, perImage: false, softJaccard) },
  "ldam": ldam,
  "precision_ce": { b, _ in weighted(b, precision) },
  "dice_ce": { b, _ in weighted(b, dice) },
  "jaccard_ce": { b, _ in weighted(b) { tversky($0, 1, 1) } },
  "tversky_ce": { b, values in weighted(b) { tversky($0, values["alpha"]!, values["beta"]!) } },
]

private func product(_ p: [Double], _ t: [Double]) -> Double {
  zip(p, t).reduce(0) { sum, pair in sum + pair.0 * pair.1 }
}

private func softDice(_ p: [Double], _ t: [Double]) -> Double {
  2 * product(p, t) / (p.reduce(0, +) + t.reduce(0, +))
}

private func softJaccard(_ p: [Double], _ t: [Double]) -> Double {
  product(p, t) / (p.reduce(0, +) + t.reduce(0, +) - product(p, t))
}

private func softTversky(
  _ p: [Double], _ t: [Double], _ alpha: Double, _ beta: Double
) -> Double {
  let falsePositives = product(p, t.map { 1 - $0 })
  let falseNegatives = product(p.map { 1 - $0 }, t)
  return product(p, t) / (product(p, t) + alpha * falsePositives + beta * falseNegatives)
}

/// 1 - the mean over regions, those with a valid pixel, of the mean over the classes present of
/// `index`, given the class's probabilities and its indicators at the region's valid pixels.
private func overlap(
  _ b: ReferenceBatch, perImage: Bool, _ index: (_ p: [Double], _ t: [Double]) -> Double
) -> Double {
  let regions = perImage ? Set(b.image).sorted().map { [$0] } : [Array(Set(b.image))]
  let means = regions.map { images in
    let pixels = b.y.indices.filter { images.contains(b.image[$0]) }
    let scores = Set(pixels.map { b.y[$0] }).sorted().map { c in
      index(pixels.map { b.p($0, c) }, pixels.map { b.y[$0] == c ? 1 : 0 })
    }
    return scores.reduce(0, +) / Double(scores.count)
  }
  return 1 - means.reduce(0, +) / Double(means.count)
}

private typealias Counts = (tp: Double, fp: Double, fn: Double)

private func precision(_ n: Counts) -> Double { n.tp / (n.tp + n.fp) }
private func dice(_ n: Counts) -> Double { 2 * n.tp / (2 * n.tp + n.fp + n.fn) }
private func tversky(_ n: Counts, _ alpha: Double, _ beta: Double) -> Double {
  n.tp / (n.tp + alpha * n.fp + beta * n.fn)
}

/// Cross-entropies weighted by one minus an index of each class, which is 0 where it is 0/0, over
/// the number of valid pixels.
private func weighted(_ b: ReferenceBatch, _ index: (Counts) -> Double) -> Double {
  let weights = (0..<b.classes).map { c in
    let value = index(b.counts(of: c))
    return value.isNaN ? 1 : 1 - value
  }
  let ce = b.ce
  return b.y.indices.reduce(0) { $0 + weights[b.y[$1]] * ce[$1] } / Double(b.y.count)
}

private func ldam(_ b: ReferenceBatch, _ values: [String: Double]) -> Double {
  let raw = b.classPixels.map { pow(Double($0), -0.25) }
  let (scale, unit) = (values["scale"]!, values["max_margin"]! / raw.max()!)
  var sum = 0.0
  for (row, label) in zip(b.logP, b.y) {
    // Log-probabilities are logits up to a constant.
    var scores = row.map { scale * $0 }
    scores[label] -= scale * unit * raw[label]
    sum -= logProbabilities(scores)[label]
  }
  return sum / Double(b.y.count)
}
