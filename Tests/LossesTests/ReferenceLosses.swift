import Foundation
import Tensors

/// A loss straight from its formula, slow and in double precision; of a first step, where it has
/// memory.
typealias Reference = @Sendable (ReferenceBatch, _ parameters: [String: Double]) -> Double

let references = canonicalReferences.merging(publishedReferences) { $1 }
  .merging(relatedReferences) { $1 }.merging(laterReferences) { $1 }

let canonicalReferences: [String: Reference] = [
  "ce": { b, _ in b.ce.reduce(0, +) / Double(b.y.count) },
  "weighted_ce": { b, _ in
    let total = Double(b.classPixels.reduce(0, +))
    return b.weightedMean(b.classPixels.map { total / Double($0) })
  },
  "balanced_ce": { b, values in
    let total = Double(b.classPixels.reduce(0, +))
    let beta = values["beta"] ?? (total - 1) / total
    return b.weightedMean(b.classPixels.map { (1 - beta) / (1 - pow(beta, Double($0))) })
  },
  "focal": { b, values in
    let terms = b.y.indices.map { i in
      // 1 - p as the sum of the others, since the difference has no digits near p = 1.
      let miss = (0..<b.classes).reduce(0) { $0 + ($1 == b.y[i] ? 0 : b.p(i, $1)) }
      return pow(miss, values["gamma"]!) * b.ce[i]
    }
    return terms.reduce(0, +) / Double(b.y.count)
  },
  "ohem": { b, values in
    let k = max(1, Int(values["keep"]! * Double(b.y.count)))
    return b.ce.sorted(by: >).prefix(k).reduce(0, +) / Double(k)
  },
  "soft_iou": { b, _ in
    let images = Set(b.image).sorted().map { image in
      let pixels = b.y.indices.filter { b.image[$0] == image }
      let scores = Set(pixels.map { b.y[$0] }).sorted().map { c in
        var (intersection, union) = (0.0, 0.0)
        for i in pixels {
          let (p, t) = (b.p(i, c), b.y[i] == c ? 1.0 : 0)
          intersection += p * t
          union += p + t - p * t
        }
        return intersection / union
      }
      return scores.reduce(0, +) / Double(scores.count)
    }
    return 1 - images.reduce(0, +) / Double(images.count)
  },
  "lovasz": { b, _ in lovasz(b, over: Array(b.y.indices)) },
  "recall": { b, values in
    if values["normalize"] != nil || values["per_image"] != nil {
      return recallVariant(b, values, countsFromOne: false)
    }
    guard let momentum = values["momentum"] else {
      let (rates, ce) = ((0..<b.classes).map { b.missRate(of: $0) }, b.ce)
      return b.y.indices.reduce(0) { $0 + rates[b.y[$1]] * ce[$1] } / Double(b.y.count)
    }
    // A class absent from the batch has no pixel to be weighted.
    return b.weightedMean(
      (0..<b.classes).map { c in
        b.y.contains(c) ? (1 - momentum) * b.missRate(of: c) + momentum : .nan
      })
  },
]

/// Of the pixels given, all together.
func lovasz(_ b: ReferenceBatch, over pixels: [Int]) -> Double {
  let present = Set(pixels.map { b.y[$0] }).sorted()
  let extensions = present.map { c in
    let errors = pixels.map { abs((b.y[$0] == c ? 1 : 0) - b.p($0, c)) }
    let order = errors.indices.sorted { errors[$0] > errors[$1] }
    // The Jaccard loss of a set M of wrong pixels: |M| / |{y = c} or M|.
    let own = pixels.filter { b.y[$0] == c }.count
    var (value, others, before) = (0.0, 0, 0.0)
    for (rank, i) in order.enumerated() {
      others += b.y[pixels[i]] == c ? 0 : 1
      let jaccard = Double(rank + 1) / Double(own + others)
      value += errors[i] * (jaccard - before)
      before = jaccard
    }
    return value
  }
  return extensions.reduce(0, +) / Double(max(1, present.count))
}
