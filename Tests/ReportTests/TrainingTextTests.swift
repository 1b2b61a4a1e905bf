import Datasets
import Experiments
import Foundation
import Models
import Report
import Testing

/// Captions and the lists of deviations name optimizer, schedule and augmentation that are not the
/// paper's, and say nothing more where they are.
@Suite struct TrainingTextTests {
  private func tables(_ change: (inout RunConfiguration) -> Void) throws -> String {
    var configuration = try SyntheticSweep.configuration(.synthia, loss: "ce", seed: 1)
    change(&configuration)
    let run = SyntheticSweep.run(configuration, SyntheticSweep.matrix(poles: 50))
    let files = try SyntheticSweep.written(
      ReportInput(profile: "quick", runs: [run], classes: [.synthia: SyntheticSweep.classes]))
    return try #require(files.panel("S18"))
  }

  @Test func thePapersTrainingIsNamedAsBefore() throws {
    let text = try tables { _ in }
    #expect(text.contains("; 300 iterations of batch 4; Adam 0.001; seed 1; "))
    #expect(text.contains("augmentation flip (the paper: none)"))
    for word in ["schedule", "optimizer", "decay"] { #expect(!text.contains(word)) }
  }

  @Test func optimizerAndScheduleAreNamed() throws {
    let text = try tables {
      $0.training.optimizer = OptimizerConfiguration(
        .sgd, momentum: 0.9, nesterov: true, weightDecay: 1e-4)
      $0.training.schedule = LearningRateSchedule(.polynomial, warmup: 20)
    }
    #expect(
      text.contains(
        "SGD with Nesterov momentum 0.9 and weight decay 0.0001, learning rate 0.001; schedule: "
          + "polynomial (power 0.9) after 20 iterations of linear warm-up from 0.01 of the rate; "
          + "seed 1; "))
    #expect(
      text.contains(
        "optimizer SGD with Nesterov momentum 0.9 and weight decay 0.0001 (the paper: Adam); "
          + "schedule of the learning rate polynomial (power 0.9) after 20 iterations of linear "
          + "warm-up from 0.01 of the rate (the paper: constant)"))
    let decayed = try tables {
      $0.training.optimizer = OptimizerConfiguration(.adam, weightDecay: 0.01)
      $0.training.schedule = LearningRateSchedule(.cosine)
    }
    #expect(
      decayed.contains("Adam with weight decay 0.01, learning rate 0.001; schedule: cosine; "))
  }

  @Test func cropsAreNamed() throws {
    let text = try tables { $0.data.crop = CropConfiguration(0.5...2) }
    #expect(text.contains("; augmentation: random scale 0.5 to 2 of 96x160, random crop, flip; "))
    #expect(
      text.contains(
        "augmentation random scale 0.5 to 2 of 96x160, random crop, flip (the paper: none)"))
    let files = try tables {
      $0.data.augmentation = .none
      $0.data.crop = CropConfiguration(1...1)
    }
    #expect(files.contains("; augmentation: scale 1 of 96x160, random crop; "))
  }
}
