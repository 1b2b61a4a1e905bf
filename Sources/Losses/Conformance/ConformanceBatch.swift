import Foundation
import Tensors

/// Logits, labels and training pixel counts on which losses are checked.
package struct ConformanceBatch: Sendable {
  package let name: String
  package let shape: Shape
  package var logits: [Float]
  package var labels: LabelMap
  /// The counts of a fictitious training split: unequal, and different from the batch's.
  package var classPixels: [Int]

  package init(_ name: String, _ shape: Shape, logits: [Float], ids: [UInt8]) {
    (self.name, self.shape, self.logits) = (name, shape, logits)
    labels = LabelMap(n: shape.n, h: shape.h, w: shape.w, ids: ids)
    classPixels = (0..<shape.c).map { 40 + 97 * $0 * $0 }
  }

  package func input(_ compute: Compute = Compute()) -> LossInput {
    LossInput(logits: Tensor(shape, logits), labels: labels, compute: compute)
  }

  /// Ids drawn from `classes`, a share of them ignored; logits normal with standard deviation
  /// `spread`.
  package static func random(
    _ name: String, _ shape: Shape, classes: [UInt8]? = nil, ignored: Double = 0,
    spread: Double = 1.5, seed: UInt64
  ) -> ConformanceBatch {
    var random = RandomSource(seed: seed)
    let classes = classes ?? Array(0..<UInt8(shape.c))
    let ids = (0..<shape.pixels).map { _ in
      random.uniform() < ignored ? LabelMap.ignored : classes[random.below(classes.count)]
    }
    let logits = (0..<shape.count).map { _ in Float(random.normal() * spread) }
    return ConformanceBatch(name, shape, logits: logits, ids: ids)
  }

  /// Every logit 100 or -100.
  static func saturated(classes: Int) -> ConformanceBatch {
    var batch = regions("±100", Shape(n: 2, h: 4, w: 4, c: classes), seed: 23)
    for i in batch.logits.indices { batch.logits[i] = batch.logits[i] > 0 ? 100 : -100 }
    return batch
  }

  /// Several blocks of pixels, however a loss splits them.
  package static let large = regions(
    "large", Shape(n: 3, h: 50, w: 67, c: 7), ignored: 0.3, spread: 3, seed: 21)
}

// Labels of real images are regions. With labels drawn pixel by pixel, every pixel would be at a
// boundary, and a loss that looks at boundaries could not show what it does.
extension ConformanceBatch {
  /// Labels that are regions of `classes`, a share of each image ignored as one more region; logits
  /// normal with standard deviation `spread`.
  package static func regions(
    _ name: String, _ shape: Shape, classes: [UInt8]? = nil, ignored: Double = 0,
    spread: Double = 1.5, seed: UInt64
  ) -> ConformanceBatch {
    var random = RandomSource(seed: seed, purpose: "regions")
    let classes = classes ?? Array(0..<UInt8(shape.c))
    let ids = (0..<shape.n).flatMap { image in
      labels(shape.h, shape.w, classes, first: image, ignored: ignored, &random)
    }
    let logits = (0..<shape.count).map { _ in Float(random.normal() * spread) }
    return ConformanceBatch(name, shape, logits: logits, ids: ids)
  }

  /// Every pixel has the class of the nearest of some points, and the pixels nearest to another one are
  /// ignored.
  /// - Parameter first: the place in `classes` of the first point's class; the next ones follow.
  private static func labels(
    _ h: Int, _ w: Int, _ classes: [UInt8], first: Int, ignored: Double,
    _ random: inout RandomSource
  ) -> [UInt8] {
    let points = (0..<max(3, classes.count + 1)).map { _ in
      (y: random.uniform() * Double(h), x: random.uniform() * Double(w))
    }
    func distance(_ pixel: Int, _ point: (y: Double, x: Double)) -> Double {
      let (y, x) = (Double(pixel / w) + 0.5 - point.y, Double(pixel % w) + 0.5 - point.x)
      return y * y + x * x
    }
    var ids = (0..<h * w).map { pixel in
      let nearest = points.indices.min { distance(pixel, points[$0]) < distance(pixel, points[$1]) }
      return classes[((nearest ?? 0) + first) % classes.count]
    }
    let center = (y: random.uniform() * Double(h), x: random.uniform() * Double(w))
    let order = ids.indices.sorted { (distance($0, center), $0) < (distance($1, center), $1) }
    for pixel in order.prefix(Int((ignored * Double(h * w)).rounded())) {
      ids[pixel] = LabelMap.ignored
    }
    return ids
  }
}

// Small batches in which no step of the finite differences changes a prediction, or the order of
// errors or cross-entropies: where losses have kinks, a difference quotient across one says nothing.
extension ConformanceBatch {
  package static let ordinary: [ConformanceBatch] = [
    .smooth("one pixel", Shape(n: 1, h: 1, w: 1, c: 2), seed: 1),
    .smooth("one image", Shape(n: 1, h: 3, w: 4, c: 3), seed: 2),
    .smooth("30% ignored", Shape(n: 2, h: 3, w: 4, c: 5), ignored: 0.3, seed: 3),
    // Regions with an inside and a border, for losses that tell the two apart.
    .smooth("regions", Shape(n: 1, h: 7, w: 8, c: 4), ignored: 0.1, seed: 6),
  ]
  package static let classesAbsent = smooth(
    "classes absent", Shape(n: 3, h: 1, w: 4, c: 13), classes: [0, 4, 12], seed: 4)
  package static let oneClass = smooth(
    "one class", Shape(n: 2, h: 3, w: 3, c: 4), classes: [2], ignored: 0.2, seed: 5)

  private static func smooth(
    _ name: String, _ shape: Shape, classes: [UInt8]? = nil, ignored: Double = 0, seed: UInt64
  ) -> ConformanceBatch {
    var batch = regions(name, shape, classes: classes, ignored: ignored, seed: seed)
    var random = RandomSource(seed: seed, purpose: "smooth")
    let c = shape.c
    var kept: [(label: Int, p: [Double])] = []
    for i in 0..<shape.pixels where batch.labels.ids[i] != LabelMap.ignored {
      let label = Int(batch.labels.ids[i])
      while true {
        let z = (0..<c).map { _ in Float(random.normal() * 1.5) }
        let p = probabilities(z)
        guard topTwoApart(z), kept.allSatisfy({ apart($0, (label, p)) }) else { continue }
        batch.logits.replaceSubrange(i * c..<(i + 1) * c, with: z)
        kept.append((label, p))
        break
      }
    }
    return batch
  }

  /// One and a half times the farthest that a logit is moved.
  private static let reach = 3 * Double(LossConformance.steps[0])

  private static func topTwoApart(_ z: [Float]) -> Bool {
    let sorted = z.sorted(by: >)
    return Double(sorted[0] - sorted[1]) > reach
  }

  /// Whether two pixels' errors in every class, and their probabilities of the truth, stay in order
  /// when one logit moves by d: p moves by about d p (1 - p) at most.
  private static func apart(
    _ a: (label: Int, p: [Double]), _ b: (label: Int, p: [Double])
  ) -> Bool {
    func distinct(_ x: Double, _ y: Double) -> Bool {
      abs(x - y) > reach * max(x * (1 - x), y * (1 - y))
    }
    return distinct(a.p[a.label], b.p[b.label])
      && a.p.indices.allSatisfy { j in
        distinct(j == a.label ? 1 - a.p[j] : a.p[j], j == b.label ? 1 - b.p[j] : b.p[j])
      }
  }

  private static func probabilities(_ z: [Float]) -> [Double] {
    let powers = z.map { exp(Double($0)) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
  }
}
