import Foundation
import Losses
import Tensors
import Testing

/// Logits, labels and training pixel counts to try losses on.
struct Batch: Sendable, CustomTestStringConvertible {
  let name: String
  let shape: Shape
  var logits: [Float]
  var labels: LabelMap
  /// Of an imagined training split: unequal, and not those of the batch.
  let classPixels: [Int]
  /// Of the first images of imagined validation batches: others again.
  let validationPixels: [Int]
  var testDescription: String { name }

  init(_ name: String, _ shape: Shape, logits: [Float], ids: [UInt8]) {
    (self.name, self.shape, self.logits) = (name, shape, logits)
    labels = LabelMap(n: shape.n, h: shape.h, w: shape.w, ids: ids)
    classPixels = (0..<shape.c).map { 40 + 97 * $0 * $0 }
    validationPixels = (0..<shape.c).map { 1900 - 70 * $0 }
  }

  func input(_ compute: Compute = Compute()) -> LossInput {
    LossInput(logits: Tensor(shape, logits), labels: labels, compute: compute)
  }

  func loss(_ text: String) throws -> any Loss {
    try LossRegistry.make(
      LossSpecification(parsing: text), classes: shape.c, classPixels: classPixels,
      validationFirstImagePixels: validationPixels)
  }

  /// Ids drawn from `classes`, a share of them ignored; logits normal, `spread` wide.
  static func random(
    _ name: String, _ shape: Shape, classes: [UInt8]? = nil, ignored: Double = 0,
    spread: Double = 1.5,
    seed: UInt64
  ) -> Batch {
    var random = RandomSource(seed: seed)
    let classes = classes ?? Array(0..<UInt8(shape.c))
    let ids = (0..<shape.pixels).map { _ in
      random.uniform() < ignored ? LabelMap.ignored : classes[random.below(classes.count)]
    }
    let logits = (0..<shape.count).map { _ in Float(random.normal() * spread) }
    return Batch(name, shape, logits: logits, ids: ids)
  }
}

/// Every loss of the registry, with its defaults and with other values of its parameters, and sums.
let everyLoss: [String] =
  everySingleLoss + [
    "recall + 0.5 * lovasz", "0.5 * ce + 0.5 * soft_dice", "3 * focal(gamma: 2)",
    "2 * soft_iou.published + weighted_ce + 0.25 * recall(momentum: 0.5)",
  ]

private let everySingleLoss: [String] = LossRegistry.all.flatMap { loss in
  [loss.name]
    + loss.parameters.flatMap { parameter in
      [0.25, 0.5, 2, 3.5].filter(parameter.range.contains).map {
        "\(loss.name)(\(parameter.name): \($0))"
      }
    }
}

/// The step of the finite differences in single precision.
let step: Float = 2e-3

/// Small batches in which no step of that size changes a prediction, or the order of errors or
/// cross-entropies: where losses have kinks, a difference quotient across one says nothing.
let smoothBatches: [Batch] = [
  .smooth("one pixel", Shape(n: 1, h: 1, w: 1, c: 2), seed: 1),
  .smooth("one image", Shape(n: 1, h: 3, w: 4, c: 3), seed: 2),
  .smooth("30% ignored", Shape(n: 2, h: 3, w: 4, c: 5), ignored: 0.3, seed: 3),
  .smooth("classes absent", Shape(n: 3, h: 1, w: 4, c: 13), classes: [0, 4, 12], seed: 4),
  .smooth("one class", Shape(n: 2, h: 3, w: 3, c: 4), classes: [2], ignored: 0.2, seed: 5),
]

extension Batch {
  static func smooth(
    _ name: String, _ shape: Shape, classes: [UInt8]? = nil, ignored: Double = 0, seed: UInt64
  ) -> Batch {
    var batch = random(name, shape, classes: classes, ignored: ignored, seed: seed)
    var random = RandomSource(seed: seed, purpose: "smooth")
    let c = shape.c
    var kept: [(label: Int, p: [Double])] = []
    for i in 0..<shape.pixels where batch.labels.ids[i] != LabelMap.ignored {
      let label = Int(batch.labels.ids[i])
      while true {
        let z = (0..<c).map { _ in Float(random.normal() * 1.5) }
        let p = probabilities(z.map(Double.init))
        guard topTwoApart(z), kept.allSatisfy({ apart($0, (label, p)) }) else { continue }
        batch.logits.replaceSubrange(i * c..<(i + 1) * c, with: z)
        kept.append((label, p))
        break
      }
    }
    return batch
  }

  private static func topTwoApart(_ z: [Float]) -> Bool {
    let sorted = z.sorted(by: >)
    return sorted[0] - sorted[1] > 4 * step
  }

  /// Whether two pixels' errors in every class, and their probabilities of the truth, stay in order
  /// when one logit moves by a step: p moves by at most step p (1 - p).
  private static func apart(
    _ a: (label: Int, p: [Double]), _ b: (label: Int, p: [Double])
  ) -> Bool {
    func distinct(_ x: Double, _ y: Double) -> Bool {
      abs(x - y) > 2 * Double(step) * max(x * (1 - x), y * (1 - y))
    }
    return distinct(a.p[a.label], b.p[b.label])
      && a.p.indices.allSatisfy { j in
        distinct(j == a.label ? 1 - a.p[j] : a.p[j], j == b.label ? 1 - b.p[j] : b.p[j])
      }
  }
}

/// Softmax in double precision.
func probabilities(_ z: [Double]) -> [Double] { logProbabilities(z).map { exp($0) } }

func logProbabilities(_ z: [Double]) -> [Double] {
  let largest = z.max() ?? 0
  let logSum = largest + log(z.reduce(0) { $0 + exp($1 - largest) })
  return z.map { $0 - logSum }
}
