import Datasets
import Foundation
import Models

/// A sweep: every combination of its data sets, backbones, losses and seeds.
package struct Sweep: Hashable, Sendable {
  /// How runs read and are trained on one data set.
  package struct Entry: Hashable, Sendable {
    package var data: DataConfiguration
    package var training: TrainingConfiguration
    /// Tried one after the other in place of the one in `training`; empty: only that.
    package var learningRates: [Double] = []
    /// Where the files lie of a data set that its user describes.
    package var description: FolderDescription?

    /// `training` with each learning rate there is.
    var trainings: [TrainingConfiguration] {
      learningRates.isEmpty
        ? [training]
        : learningRates.map { rate in
          var training = training
          training.learningRate = rate
          return training
        }
    }
  }

  /// As the user named it, for messages.
  package var file: String
  package var name: String
  package var summary: String
  package var seeds: [UInt64]
  package var architecture: Architecture
  package var backbones: [Backbone]
  /// Normalized notation.
  package var losses: [String]
  /// Those of the losses that are written in PyTorch, by their notation.
  package var torch: [String: TorchLossFile] = [:]
  /// Channels relative to the published network.
  package var width: Double
  /// Where the file says that pretrained weights are, by backbone.
  package var pretrainedPaths: [Backbone: URL] = [:]
  package var pretrainedPartial = false
  /// What there is at these or the command's paths; found out by `apply`.
  package var pretrained: [Backbone: PretrainedFile] = [:]
  package var datasets: [Entry]
  /// Whether real data took the place of a rendered stand-in of the file.
  package var replacesStandIns = false
  /// Whether the command gave pretrained weights that the file does not name.
  package var addsPretrained = false
  /// Runs trained at once; no part of a run's configuration.
  package var jobs: Int

  /// The folder of its results where the user names none: `results/` and the sweep's name. Real data
  /// in place of stand-ins, and pretrained weights in place of random ones, make another sweep, in a
  /// folder of its own.
  package var defaultOutput: URL {
    let suffix = (replacesStandIns ? "-real" : "") + (addsPretrained ? "-pretrained" : "")
    return URL(filePath: "results/\(name)\(suffix)")
  }

  /// The runs in the order they are run: a first seed of everything before a second, the small
  /// network before the large, so that early results already compare all losses.
  package var runs: [RunConfiguration] {
    var runs: [RunConfiguration] = []
    for seed in seeds {
      for backbone in backbones {
        for entry in datasets {
          for loss in losses {
            for training in entry.trainings {
              runs.append(
                RunConfiguration(
                  data: entry.data, architecture: architecture, backbone: backbone, width: width,
                  loss: loss, training: training, seed: seed,
                  pretrained: pretrained[backbone]?.pretraining,
                  torch: torch[loss]?.identity))
            }
          }
        }
      }
    }
    return runs
  }
}

// Earlier names, for code that is being changed elsewhere; they go with the vocabulary pass.
