import Checkpoints
import Datasets
import Files
import Foundation
import Metrics
import Tensors

/// Trains and evaluates one run, resuming from its checkpoint if there is one, and stores
/// everything in its folder, with `run.json` last.
///
/// On several ranks (`compute.ranks`), all of them call this with the same arguments; the run is that of
/// one rank, up to the rounding of sums. Rank 0 alone writes files and reports progress; the folder must
/// be one that all ranks see.
///
/// - Parameters:
///   - folder: the run's prepared folder.
///   - checkpointEverySeconds: the checkpoint interval, which bounds the work lost if the process
///     is killed.
///   - environment: the environment recorded with the run; its times are filled in here.
///   - pretrained: the weights that the configuration names by digest.
///   - torch: the loss, if the configuration names one written in PyTorch.
///   - isInterrupted: called before every iteration and after every batch of the final evaluation,
///     but not during validation. On several ranks, it is enough that one says yes.
/// - Throws: `Interrupted` after saving a checkpoint; `UserError` otherwise. On several ranks, all throw
///   the same.
package func trainRun(
  _ configuration: RunConfiguration, data: RunData, folder: RunFolder, compute: Compute,
  checkpointEverySeconds: Double, environment: RunEnvironment,
  pretrained: PretrainedWeights? = nil, torch: TorchLoss? = nil,
  progress: (RunProgress) -> Void,
  isInterrupted: () -> Bool
) throws {
  let run = try compute.agreed {
    let run = try RunInProgress(
      configuration, data: data, folder: folder, compute: compute, environment: environment,
      torch: torch)
    try run.start(pretrained)
    return run
  }
  try run.checkRanksAgree()
  func report(_ state: RunProgress) {
    if compute.isFirstRank { progress(state) }
  }
  try run.train(
    checkpointEverySeconds: checkpointEverySeconds, progress: report, isInterrupted: isInterrupted)
  try run.evaluateAndStore(progress: report, isInterrupted: isInterrupted)
}

/// Evaluates stored weights.
/// - Returns: one confusion matrix per image of the run's evaluated split.
package func evaluateRun(
  _ configuration: RunConfiguration, data: RunData, weights: [NamedArray], compute: Compute
) throws -> [ConfusionMatrix] {
  let classes = data.dataset.classes.count
  let network = configuration.makeNetwork(classes: classes)
  try network.load(weights)
  return try evaluate(
    network, data.sampler(data.evaluated),
    classes: classes,
    batch: configuration.training.batch, compute: compute
  ).matrices
}
