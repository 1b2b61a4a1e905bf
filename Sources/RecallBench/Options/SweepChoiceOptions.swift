import ArgumentParser
import Experiments
import Foundation
import Models

/// Which losses, networks, and runs of a sweep file to use.
struct SweepChoiceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Losses to train instead of the file's, such as \"ce,focal(gamma: 2)\".", valueName: "list"),
    transform: splitLosses)
  var losses: [String]?
  @OptionGroup var torch: TorchOptions
  @OptionGroup var runs: RunOptions
  @Option(
    help: "\(names(of: Architecture.self)) (default: the file's).",
    completion: completion(of: Architecture.self), transform: choice)
  var architecture: Architecture?

  func selection(_ data: DataOptions, _ weights: PretrainedOptions) throws -> SweepOverrides {
    var selection = try runs.selection(data, weights)
    selection.losses = losses
    selection.architecture = architecture
    selection.torch = try torch.files()
    return selection
  }
}
