import Datasets
import Experiments
import Files
import Models

// What captions and the lists of deviations say of training; the paper trains with Adam, a constant
// learning rate and no weight decay.

extension TrainingConfiguration {
  /// `SGD with Nesterov momentum 0.9 and weight decay 0.0001`.
  var optimizerText: String {
    let optimizer = optimizer ?? .standard
    let title =
      switch optimizer.name {
      case .adam: "Adam"
      case .adamw: "AdamW"
      case .sgd: "SGD"
      }
    let kind = optimizer.nesterov == true ? "Nesterov momentum" : "momentum"
    let parts = [
      optimizer.momentum.map { "\(kind) \(plain($0))" },
      optimizer.weightDecay.map { "weight decay \(plain($0))" },
    ].compactMap(\.self)
    return title + (parts.isEmpty ? "" : " with " + parts.joined(separator: " and "))
  }

  /// The optimizer with its learning rate: `Adam 0.001`, `SGD with momentum 0.9, learning rate 0.01`.
  func rateText(_ rate: String, isTuned: Bool) -> String {
    if optimizer == nil { return "\(optimizerText) \(rate)" }
    return "\(optimizerText), " + (isTuned ? rate : "learning rate \(rate)")
  }

  /// `polynomial (power 0.9) after 100 iterations of linear warm-up from 0.01 of the rate`.
  var scheduleText: String {
    guard let schedule else { return "constant" }
    let shape = schedule.shape.rawValue + (schedule.power.map { " (power \(plain($0)))" } ?? "")
    guard let warmup = schedule.warmup else { return shape }
    return "\(shape) after \(warmup) iterations of linear warm-up from "
      + "\(plain(schedule.warmupFactor ?? LearningRateSchedule.standardWarmupFactor)) of the rate"
  }
}

extension DataConfiguration {
  /// `none`, `flip`, ..., or `random scale 0.5 to 2 of 512x1024, random crop, flip`.
  var augmentationText: String {
    guard let crop, let transform = scaleAndCrop else { return augmentation.rawValue }
    let base = transform.base.map { "\($0.height)x\($0.width)" } ?? "the file's size"
    let scale =
      crop.smallest == crop.largest
      ? "scale \(plain(crop.smallest))"
      : "random scale \(plain(crop.smallest)) to \(plain(crop.largest))"
    return "\(scale) of \(base), random crop" + (transform.flips ? ", flip" : "")
  }
}
