import Datasets
import Metrics
import Tensors

/// Evaluates stored weights on a split.
/// - Parameters:
///   - weights: as stored by the run.
///   - limit: at most this many images; nil: all.
/// - Returns: one matrix an image, in the order of the split's items.
package func evaluateRun(
  _ configuration: RunConfiguration, weights: [NamedArray], dataset: any Dataset, split: Split,
  limit: Int?, compute: Compute, progress: (CellProgress) -> Void, isInterrupted: () -> Bool
) throws -> [ConfusionMatrix] {
  throw UserError("evaluation is not part of this build")
}
