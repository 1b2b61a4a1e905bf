import Checkpoints
import Datasets
import Files
import Foundation
import Metrics
import Tensors

/// Trains and evaluates one run, from its checkpoint where there is one, and stores everything
/// in its folder, the done mark last.
///
/// - Parameters:
///   - folder: of the run, prepared.
///   - checkpointEverySeconds: how much work a kill may cost.
///   - environment: recorded with the run; its seconds are filled in here.
///   - pretrained: the weights that the configuration names by their digest.
///   - torch: the loss, where the configuration names one written in PyTorch.
///   - isInterrupted: asked before every iteration and after every batch of the final evaluation,
///     not while looking at the validation split.
/// - Throws: `Interrupted` after saving a checkpoint; `UserError` otherwise.
package func trainRun(
  _ configuration: RunConfiguration, data: RunData, folder: RunFolder, compute: Compute,
  checkpointEverySeconds: Double, environment: RunEnvironment,
  pretrained: PretrainedWeights? = nil, torch: TorchLoss? = nil,
  progress: (RunProgress) -> Void,
  isInterrupted: () -> Bool
) throws {
  let run = try RunInProgress(
    configuration, data: data, folder: folder, compute: compute, environment: environment,
    torch: torch)
  try run.start(pretrained)
  try run.train(
    checkpointEverySeconds: checkpointEverySeconds, progress: progress,
    isInterrupted: isInterrupted)
  try run.evaluateAndStore(progress: progress, isInterrupted: isInterrupted)
}

/// Evaluates stored weights again.
/// - Returns: one confusion matrix per image of the run's evaluated split.
package func evaluateRun(
  _ configuration: RunConfiguration, data: RunData, weights: [NamedArray], compute: Compute
) throws -> [ConfusionMatrix] {
  let classes = data.dataset.classes.count
  let network = configuration.makeNetwork(classes: classes)
  try network.load(weights)
  return try evaluate(
    network, EvaluationSampler(store: data.evaluated, normalization: data.normalization),
    classes: classes,
    batch: configuration.training.batch, compute: compute
  ).matrices
}
