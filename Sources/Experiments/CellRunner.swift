import Datasets
import Tensors

/// Trains and evaluates one cell, from its checkpoint where there is one.
/// - Throws: `Interrupted` after saving a checkpoint.
package func runCell(
  _ configuration: RunConfiguration, dataset: any Dataset, folder: RunFolder, compute: Compute,
  checkpointEverySeconds: Double, environment: RunEnvironment,
  progress: (CellProgress) -> Void, isInterrupted: () -> Bool
) throws {
  throw UserError("training is not part of this build")
}
