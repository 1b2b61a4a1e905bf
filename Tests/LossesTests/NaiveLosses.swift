import Foundation
import Tensors

/// Values and gradients pixel by pixel in double precision, with a sort where there is an order (of
/// numbers rounded to single precision, as ties are defined): what the losses compute eight pixels at
/// a time, in blocks and in buckets.
struct NaiveLosses {
  let shape: Shape
  let ids: [UInt8]
  /// [pixels, C]
  let p: [[Double]]
  let ce: [Double]
  let valid: [Int]

  init(_ batch: Batch) {
    (shape, ids) = (batch.shape, batch.labels.ids)
    let c = shape.c
    let rows = (0..<shape.pixels).map { i in
      logProbabilities(batch.logits[i * c..<(i + 1) * c].map(Double.init))
    }
    p = rows.map { $0.map { exp($0) } }
    valid = ids.indices.filter { [ids] in ids[$0] != LabelMap.ignored }
    ce = zip(rows, ids).map { $1 == LabelMap.ignored ? 0 : -$0[Int($1)] }
  }

  typealias Result = (value: Double, gradient: [Double])

  /// 1 - p_y as the sum of the others.
  func miss(_ i: Int) -> Double {
    p[i].indices.reduce(0) { $0 + ($1 == Int(ids[i]) ? 0 : p[i][$1]) }
  }

  /// sum of w ce / normalizer with the gradient s (p - [j = y]) / normalizer.
  func reweighted(
    _ normalizer: Double, _ weigh: (_ pixel: Int) -> (weight: Double, slope: Double)
  ) -> Result {
    var result: Result = (0, [Double](repeating: 0, count: shape.count))
    for i in valid {
      let (w, s) = weigh(i)
      result.value += w * ce[i] / normalizer
      for j in 0..<shape.c {
        let slope = j == Int(ids[i]) ? -miss(i) : p[i][j]
        result.gradient[i * shape.c + j] = s * slope / normalizer
      }
    }
    return result
  }

  /// From a value and its derivatives by the probabilities of every pixel.
  private func throughSoftmax(_ value: Double, _ byP: [[Double]]) -> Result {
    var gradient: [Double] = []
    for (p, g) in zip(p, byP) {
      let mean = zip(p, g).reduce(0) { $0 + $1.0 * $1.1 }
      gradient += zip(p, g).map { $0 * ($1 - mean) }
    }
    return (value, gradient)
  }

  func ohem(keep: Double) -> Result {
    let k = max(1, Int(keep * Double(valid.count)))
    let kept = Set(valid.sorted { (Float(ce[$0]), $1) > (Float(ce[$1]), $0) }.prefix(k))
    return reweighted(Double(k)) { kept.contains($0) ? (1, 1) : (0, 0) }
  }

  func recall() -> Result {
    var (pixels, missed) = (
      [Double](repeating: 0, count: shape.c), [Double](repeating: 0, count: shape.c)
    )
    for i in valid {
      let y = Int(ids[i])
      pixels[y] += 1
      if p[i].firstIndex(of: p[i].max()!) != y { missed[y] += 1 }
    }
    return reweighted(Double(valid.count)) { i in
      let w = missed[Int(ids[i])] / pixels[Int(ids[i])]
      return (w, w)
    }
  }

  func softIoU() -> Result {
    let (c, area) = (shape.c, shape.h * shape.w)
    let images = Dictionary(grouping: valid) { $0 / area }.values
    var value = 0.0
    var byP = [[Double]](repeating: [Double](repeating: 0, count: c), count: shape.pixels)
    for pixels in images {
      let present = Set(pixels.map { Int(ids[$0]) })
      let share = 1 / Double(images.count * present.count)
      for j in present {
        let own = pixels.filter { Int(ids[$0]) == j }
        let intersection = own.reduce(0) { $0 + p[$1][j] }
        let union = pixels.reduce(0) { $0 + p[$1][j] } + Double(own.count) - intersection
        value += share * (1 - intersection / union)
        for i in pixels { byP[i][j] = share * intersection / (union * union) }
        for i in own { byP[i][j] = -share / union }
      }
    }
    return throughSoftmax(value, byP)
  }

  func lovasz() -> Result {
    let c = shape.c
    let present = Set(valid.map { Int(ids[$0]) })
    var value = 0.0
    var byP = [[Double]](repeating: [Double](repeating: 0, count: c), count: shape.pixels)
    for j in present {
      let errors = Dictionary(
        uniqueKeysWithValues: valid.map { ($0, Int(ids[$0]) == j ? miss($0) : p[$0][j]) })
      let order = valid.sorted { (Float(errors[$0]!), $1) > (Float(errors[$1]!), $0) }
      var intersection = valid.reduce(0.0) { $0 + (Int(ids[$1]) == j ? 1 : 0) }
      var (union, before) = (intersection, 0.0)
      for i in order {
        let isOwn = Int(ids[i]) == j
        if isOwn { intersection -= 1 } else { union += 1 }
        let jaccard = 1 - intersection / union
        value += errors[i]! * (jaccard - before) / Double(present.count)
        byP[i][j] = (isOwn ? -1 : 1) * (jaccard - before) / Double(present.count)
        before = jaccard
      }
    }
    return throughSoftmax(value, byP)
  }
}
