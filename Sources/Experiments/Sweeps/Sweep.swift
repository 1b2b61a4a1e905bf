import Datasets
import Files
import Foundation
import Models

/// A sweep: every combination of its data sets, backbones, losses and seeds.
package struct Sweep: Hashable, Sendable {
  /// How runs read one data set and train on it.
  package struct Entry: Hashable, Sendable {
    package var data: DataConfiguration
    package var training: TrainingConfiguration
    /// Learning rates to try instead of the one in `training`; if empty, only that one is used.
    package var learningRates: [Double] = []
    /// The folder of real data that the sweep file names.
    var path: URL?
    /// Where the files are, and what says so; set by `apply`. Nil for a rendered stand-in, and for a
    /// description in the sweep file.
    package var place: DataPlace?
    /// The file locations of a user-described data set.
    package var description: FolderDescription?
    /// `evaluate_size` of the file; nil: as is usual for the data set.
    var evaluateSize: EvaluateSize?
    /// What each element of the file's `settings` makes of the training, in its order.
    var settingTrainings: [TrainingRates] = []

    /// The values above, without a setting.
    var plain: TrainingRates { TrainingRates(training: training, rates: learningRates) }
  }

  /// The path as the user gave it, for messages.
  package var file: String
  package var name: String
  package var summary: String
  package var seeds: [UInt64]
  package var architecture: Architecture
  package var backbones: [Backbone]
  /// Losses in normalized notation.
  package var losses: [String]
  /// The losses that are written in PyTorch, by notation.
  package var torch: [String: TorchLossFile] = [:]
  /// The channel count relative to the published network.
  package var width: Double
  /// The paths of pretrained weights given in the sweep file, by backbone.
  package var pretrainedPaths: [Backbone: URL] = [:]
  package var pretrainedPartial = false
  /// The files found at these paths or those on the command line; set by `apply`.
  package var pretrained: [Backbone: PretrainedFile] = [:]
  package var datasets: [Entry]
  /// Networks, sizes and trainings to use instead of the ones above; if empty, only those are used.
  package var settings: [SweepSetting] = []
  /// What runs store besides their confusion matrices; nil for what every run stores.
  package var evaluation: EvaluationConfiguration?
  /// The search for each loss's learning rate and parameters; nil if the file has none.
  package var tuning: Tuning?
  /// Whether real data replaces a rendered stand-in in the sweep file.
  package var replacesStandIns = false
  /// Whether the command line gave pretrained weights that the sweep file does not name.
  package var addsPretrained = false
  /// The number of runs trained at once; not part of a run's configuration.
  package var jobs: Int

  /// The default results folder: `results/` and the sweep's name. Replacing stand-ins with real
  /// data, or random weights with pretrained ones, makes a different sweep, which gets its own
  /// folder.
  package var defaultOutput: URL {
    let suffix = (replacesStandIns ? "-real" : "") + (addsPretrained ? "-pretrained" : "")
    return URL(filePath: "results/\(name)\(suffix)")
  }

  /// The runs in execution order: the first seed of everything before the second, and the small
  /// network before the large one, so that early results already compare all losses.
  package var runs: [RunConfiguration] {
    var runs: [RunConfiguration] = []
    for seed in seeds {
      for backbone in backbones {
        for entry in datasets {
          let variants = variants(of: entry, on: backbone)
          for loss in losses {
            runs += variants.map { variant in
              var run = variant
              (run.loss, run.torch, run.seed) = (loss, torch[loss]?.identity, seed)
              return run
            }
          }
        }
      }
    }
    return runs
  }

  /// A limit for the number of runs, above any that a machine trains in a year.
  static let mostRuns = 100_000

  /// - Throws: `UserError` if there are too many combinations; they are counted without being made.
  func checkCount() throws(UserError) {
    let rates = datasets.reduce(0) { sum, entry in
      let trainings = settings.isEmpty ? [entry.plain] : entry.settingTrainings
      return sum + trainings.reduce(0) { $0 + max(1, $1.rates.count) }
    }
    guard let count = [seeds.count, backbones.count, losses.count, rates].checkedProduct,
      count <= Self.mostRuns
    else {
      throw UserError(
        path: file,
        problem: "describes more than \(Self.mostRuns) runs (\(seeds.count) seeds, "
          + "\(backbones.count) backbones, \(losses.count) losses); divide it into several sweeps")
    }
  }

  /// A run for each setting and learning rate; the loss and the seed are placeholders.
  private func variants(of entry: Entry, on backbone: Backbone) -> [RunConfiguration] {
    func runs(_ setting: SweepSetting?, _ trainings: TrainingRates) -> [RunConfiguration] {
      trainings.all.map {
        RunConfiguration(
          data: setting?.resized(entry.data) ?? entry.data,
          architecture: setting?.architecture ?? architecture, backbone: backbone,
          width: setting?.width ?? width, loss: "", training: $0, seed: 0,
          pretrained: pretrained[backbone]?.pretraining, evaluation: evaluation)
      }
    }
    if settings.isEmpty { return runs(nil, entry.plain) }
    return zip(settings, entry.settingTrainings).filter { $0.0.applies(to: backbone) }
      .flatMap { runs($0, $1) }
  }
}
