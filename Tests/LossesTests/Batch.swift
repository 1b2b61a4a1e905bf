import Foundation
import Losses
import Tensors
import Testing

typealias Batch = ConformanceBatch

extension ConformanceBatch: CustomTestStringConvertible {
  package var testDescription: String { name }

  func loss(_ text: String) throws -> any Loss {
    try LossRegistry.make(
      LossSpecification(parsing: text), classes: shape.c, classPixels: classPixels)
  }
}

/// Every loss of the registry, with its defaults and with other values of its parameters.
let everyLoss: [String] = LossRegistry.all.flatMap { loss in
  [loss.name]
    + loss.parameters.flatMap { parameter in
      [0.25, 0.5, 2, 3.5].filter(parameter.range.contains).map {
        "\(loss.name)(\(parameter.name): \($0))"
      }
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
