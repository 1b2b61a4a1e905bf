import Foundation
import Losses
import Tensors
import Testing

typealias Batch = ConformanceBatch

extension ConformanceBatch: CustomTestStringConvertible {
  package var testDescription: String { name }

  /// Of the first images of imagined validation batches: not those of the training split.
  var validationPixels: [Int] { (0..<shape.c).map { 1900 - 70 * $0 } }

  func loss(_ text: String) throws -> any Loss {
    try LossRegistry.make(
      LossSpecification(parsing: text), classes: shape.c, classPixels: classPixels,
      validationFirstImagePixels: validationPixels)
  }
}

/// Every loss of the registry, with its defaults and with other values of its parameters, and sums.
let everyLoss: [String] =
  everySingleLoss + [
    "recall + 0.5 * lovasz", "0.5 * ce + 0.5 * soft_dice", "3 * focal(gamma: 2)",
    "2 * soft_iou.published + weighted_ce + 0.25 * recall(momentum: 0.5)",
    "recall(normalize: 1, per_image: 1)", "ce + 0.5 * seesaw", "jaccard_metric(smoothing: 0)",
    "unified_focal(gamma: 0.25, rare: 0.1)",
  ]

private let everySingleLoss: [String] = LossRegistry.all.flatMap { loss in
  [loss.name]
    + loss.parameters.flatMap { parameter in
      parameter.range.samples.map { "\(loss.name)(\(parameter.name): \($0))" }
    }
}

extension ParameterRange {
  fileprivate var samples: [Double] {
    if case .only(let value) = self { return [value] }
    return [0.25, 0.5, 2, 3.5].filter(contains)
  }
}

/// Batches without a kink nearby, for whoever takes difference quotients.
let smoothBatches: [Batch] = Batch.ordinary + [.classesAbsent, .oneClass]

/// Softmax in double precision.
func probabilities(_ z: [Double]) -> [Double] { logProbabilities(z).map { exp($0) } }

func logProbabilities(_ z: [Double]) -> [Double] {
  let largest = z.max() ?? 0
  let logSum = largest + log(z.reduce(0) { $0 + exp($1 - largest) })
  return z.map { $0 - logSum }
}
