import Foundation

/// What the authors' code computes, from the description in the project's notes.
let publishedReferences: [String: Reference] = [
  "ce.published": { b, _ in b.ce.reduce(0, +) / Double(b.y.count) },
  "weighted_ce.published": { b, _ in b.weightedMean(b.validationPixels.map { 1 / Double($0) }) },
  "balanced_ce.published": { b, values in
    let total = Double(b.validationPixels.reduce(0, +))
    let beta = values["beta"] ?? (total - 1) / total
    return b.weightedMean(b.validationPixels.map { (1 - beta) / (1 - pow(beta, Double($0))) })
  },
  "focal.published": { b, values in
    let ce = b.ce.reduce(0, +) / Double(b.y.count)
    return pow(-expm1(-ce), values["gamma"]!) * ce
  },
  "ohem.published": { b, values in
    let (keep, w) = (values["keep"]!, b.shape.w)
    let k = keep == 1 ? w : min(w, max(1, Int(keep * Double(b.shape.n))))
    let kept: [Double] = (0..<b.shape.n * b.shape.h).flatMap { row in
      let ce: [Double] = (row * w..<(row + 1) * w).map { i in
        b.allY[i].map { -b.allLogP[i][$0] } ?? 0
      }
      return ce.sorted(by: >).prefix(k)
    }
    return kept.reduce(0, +) / Double(kept.count)
  },
  "soft_iou.published": { b, _ in
    let perImage = b.shape.h * b.shape.w
    var scores: [Double] = []
    for image in 0..<b.shape.n {
      for c in 0..<b.classes {
        var (intersection, union) = (0.0, 0.0)
        for i in image * perImage..<(image + 1) * perImage {
          let (p, t) = (exp(b.allLogP[i][c]), b.allY[i] == c ? 1.0 : 0)
          intersection += p * t
          union += p + t - p * t
        }
        scores.append(intersection / (union + 1e-16))
      }
    }
    return -scores.reduce(0, +) / Double(scores.count)
  },
  "lovasz.published": { b, _ in
    let images = (0..<b.shape.n).map { image in
      lovasz(b, over: b.y.indices.filter { b.image[$0] == image })
    }
    return images.reduce(0, +) / Double(images.count)
  },
  "recall.published": { b, values in
    if values["normalize"] != nil || values["per_image"] != nil {
      return recallVariant(b, values, countsFromOne: true)
    }
    let weights = (0..<b.classes).map { c in
      let (tp, _, fn) = b.counts(of: c)
      return max(fn, 1) / max(tp + fn, 1)
    }
    if let momentum = values["momentum"] {
      return b.weightedMean(weights.map { (1 - momentum) * $0 + momentum })
    }
    let ce = b.ce
    return b.y.indices.reduce(0) { $0 + weights[b.y[$1]] * ce[$1] } / Double(b.shape.pixels)
  },
]
