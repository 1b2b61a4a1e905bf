import ArgumentParser
import Datasets
import Experiments
import Models

/// Which runs of a sweep file to train.
struct RunOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Seeds to use instead of the file's, such as 1,2.", valueName: "list"),
    transform: seedList)
  var seeds: [UInt64]?
  @Option(
    help: ArgumentHelp(
      "Backbones to use instead of the file's: \(names(of: Backbone.self)).", valueName: "list"),
    completion: completion(of: Backbone.self), transform: choices)
  var backbones: [Backbone]?
  @Option(
    help: ArgumentHelp(
      "Data sets of the file to use, such as synthia (default: all).", valueName: "list"),
    transform: { try elements($0).map { DatasetName(rawValue: $0) } })
  var datasets: [DatasetName]?

  func selection(_ data: DataOptions, _ weights: PretrainedOptions) throws -> SweepOverrides {
    var selection = SweepOverrides()
    selection.environment = DataOptions.environment
    selection.paths = try data.paths()
    selection.pretrained = weights.files
    selection.pretrainedPartial = weights.pretrainedPartial
    selection.seeds = seeds
    selection.backbones = backbones
    selection.described = try data.described()
    selection.datasets = datasets
    return selection
  }
}
