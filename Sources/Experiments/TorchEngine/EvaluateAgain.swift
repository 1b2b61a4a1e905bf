import Files
import Foundation
import Metrics
import Tensors

/// How the predictions of one network by two programs differ.
package struct EvaluationDifference: Hashable, Sendable {
  /// The pixels in other cells of the confusion matrices, and all that are scored.
  package var differing: Int
  package var pixels: Int

  /// The largest share of pixels that rounding explains, those whose two largest logits nearly tie, where
  /// the engine evaluated in its precision. In float32 at most one in a million differed (steps.md of
  /// benchmarks/pytorch-parity); in bfloat16 0.1 to 1.2 % did (networks of a quarter of the width after 200
  /// steps on CamVid). TF32, whose rounding is an eighth of bfloat16's, was not measured.
  package let largestShare: Double

  /// - Parameter precision: of the engine.
  package static func largestShare(precision: String) -> Double {
    switch precision {
    case "bfloat16": 0.05
    case "tf32": 0.01
    default: 1e-3
    }
  }

  package var isRounding: Bool { Double(differing) <= largestShare * Double(pixels) }

  init(_ stored: [ConfusionMatrix], _ now: [ConfusionMatrix], precision: String) {
    largestShare = Self.largestShare(precision: precision)
    // A pixel that changes its cell leaves one and enters another.
    differing = zip(stored, now).reduce(0) { sum, pair in
      sum + zip(pair.0.counts, pair.1.counts).reduce(0) { $0 + abs($1.0 - $1.1) } / 2
    }
    pixels = stored.reduce(0) { $0 + $1.counts.reduce(0, +) }
  }
}

extension SweepFolder {
  /// Evaluates the stored weights of a run that another engine trained.
  ///
  /// - Throws: `UserError` if the weights are not stored with the run, or if the data cannot be read or is
  ///   not that of the run.
  package func evaluate(
    again stored: RunRecord, data: DataFolders, threads: Int
  ) throws -> EvaluationDifference {
    let compute = Compute(threads: threads)
    let weights = try RunFolder.loadWeights(stored.folder)
    let configuration = stored.configuration
    let images = try RunData(
      configuration.data, dataset: data.open(configuration.data, compute: compute),
      needsValidation: false, normalization: stored.split.normalization, trains: false,
      compute: compute)
    if let difference = RunImages(configuration.data, images.split).difference(
      from: RunImages(stored))
    {
      throw UserError(
        path: stored.folder.path,
        problem: "was scored on different \(difference); give the data that it was scored on")
    }
    let confusions = try evaluateRun(
      configuration, data: images, weights: weights, compute: compute)
    return EvaluationDifference(
      stored.confusions, confusions, precision: stored.environment.engine?.precision ?? "float32")
  }
}
