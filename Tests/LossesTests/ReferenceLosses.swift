import Foundation
import Losses
import Tensors

/// A batch in double precision, without its ignored pixels.
struct ReferenceBatch {
  /// Log-probabilities, a row a pixel.
  var logP: [[Double]]
  /// True classes.
  var y: [Int]
  /// The image each pixel lies in.
  var image: [Int]
  let classes: Int
  let classPixels: [Int]

  init(_ batch: Batch, logits: [Double]) {
    (logP, y, image) = ([], [], [])
    (classes, classPixels) = (batch.shape.c, batch.classPixels)
    for (i, id) in batch.labels.ids.enumerated() where id != LabelMap.ignored {
      logP.append(logProbabilities(Array(logits[i * classes..<(i + 1) * classes])))
      y.append(Int(id))
      image.append(i / (batch.shape.h * batch.shape.w))
    }
  }

  var ce: [Double] { zip(logP, y).map { -$0[$1] } }
  func p(_ i: Int, _ c: Int) -> Double { exp(logP[i][c]) }
  func weightedMean(_ w: [Double]) -> Double {
    zip(ce, y).reduce(0) { $0 + w[$1.1] * $1.0 } / y.reduce(0) { $0 + w[$1] }
  }
}

/// Each loss straight from its formula, slow and in double precision.
let references: [String: @Sendable (ReferenceBatch, LossSpecification) -> Double] = [
  "ce": { b, _ in b.ce.reduce(0, +) / Double(b.y.count) },
  "weighted_ce": { b, _ in
    let total = Double(b.classPixels.reduce(0, +))
    return b.weightedMean(b.classPixels.map { total / Double($0) })
  },
  "balanced_ce": { b, specification in
    let total = Double(b.classPixels.reduce(0, +))
    let beta = specification.values["beta"] ?? (total - 1) / total
    return b.weightedMean(b.classPixels.map { (1 - beta) / (1 - pow(beta, Double($0))) })
  },
  "focal": { b, specification in
    let terms = b.y.indices.map { i in
      // 1 - p as the sum of the others, since the difference has no digits near p = 1.
      let miss = (0..<b.classes).reduce(0) { $0 + ($1 == b.y[i] ? 0 : b.p(i, $1)) }
      return pow(miss, specification.values["gamma"]!) * b.ce[i]
    }
    return terms.reduce(0, +) / Double(b.y.count)
  },
  "ohem": { b, specification in
    let k = max(1, Int(specification.values["keep"]! * Double(b.y.count)))
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
  "lovasz": { b, _ in
    let present = Set(b.y).sorted()
    let extensions = present.map { c in
      let errors = b.y.indices.map { abs((b.y[$0] == c ? 1 : 0) - b.p($0, c)) }
      let order = errors.indices.sorted { errors[$0] > errors[$1] }
      // The Jaccard loss of a set M of wrong pixels: |M| / |{y = c} or M|.
      let own = b.y.filter { $0 == c }.count
      var (value, others, before) = (0.0, 0, 0.0)
      for (rank, i) in order.enumerated() {
        others += b.y[i] == c ? 0 : 1
        let jaccard = Double(rank + 1) / Double(own + others)
        value += errors[i] * (jaccard - before)
        before = jaccard
      }
      return value
    }
    return extensions.reduce(0, +) / Double(present.count)
  },
  "recall": { b, _ in
    let hit = b.y.indices.map { i in b.logP[i].firstIndex(of: b.logP[i].max()!) == b.y[i] }
    let terms = b.y.indices.map { i in
      let own = b.y.indices.filter { b.y[$0] == b.y[i] }
      let recall = Double(own.filter { hit[$0] }.count) / Double(own.count)
      return (1 - recall) * b.ce[i]
    }
    return terms.reduce(0, +) / Double(b.y.count)
  },
]
