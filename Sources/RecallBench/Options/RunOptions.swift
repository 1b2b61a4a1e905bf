import ArgumentParser
import Datasets
import Experiments
import Models

/// Which runs of a sweep file to train.
struct RunOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Seeds to use instead of the file's, such as 1,2.", valueName: "list"))
  var seeds: String?
  @Option(
    help: ArgumentHelp(
      "Backbones to use instead of the file's, of \(names(of: Backbone.self)).", valueName: "list"))
  var backbones: String?
  @Option(
    help: ArgumentHelp(
      "Data sets of the file to use, such as synthia (default: all).", valueName: "list"))
  var datasets: String?

  /// - Throws: `ValidationError` that names the invalid word.
  func selection(_ data: DataOptions, _ weights: PretrainedOptions) throws -> SweepOverrides {
    var selection = SweepOverrides()
    selection.environment = DataOptions.environment
    selection.paths = try data.paths()
    selection.pretrained = try weights.files()
    selection.pretrainedPartial = weights.pretrainedPartial
    selection.seeds = try seeds.map { try elements($0, "seeds") { UInt64($0) } }
    selection.backbones = try backbones.map { try choices($0, "backbones") }
    selection.described = try data.described()
    selection.datasets = try datasets.map {
      try elements($0, "datasets") { $0.isEmpty ? nil : DatasetName(rawValue: $0) }
    }
    return selection
  }
}
