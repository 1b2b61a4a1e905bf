import Foundation

/// How the learning rate changes over training: factors of the given rate, as of the schedulers of
/// torch.optim.lr_scheduler when each is stepped once per iteration.
package struct LearningRateSchedule: Codable, Hashable, Sendable {
  package enum Shape: String, Codable, Hashable, Sendable, CaseIterable {
    case constant
    /// PolynomialLR: (1 - t / T)^power.
    case polynomial
    /// CosineAnnealingLR to 0 (Loshchilov and Hutter 2017): (1 + cos(pi t / T)) / 2.
    case cosine
  }

  package var shape: Shape
  /// Of `polynomial`.
  package var power: Double?
  /// The steps of linear warm-up (LinearLR, followed by the shape through SequentialLR); nil for none.
  package var warmup: Int?
  /// The factor of the first step of the warm-up; the one after its last step is 1.
  package var warmupFactor: Double?

  /// - Parameters:
  ///   - power: that of DeepLab and of torchvision's reference training, unless given.
  ///   - warmupFactor: that of torchvision's reference training, unless given.
  package init(
    _ shape: Shape = .constant, power: Double = standardPower, warmup: Int = 0,
    warmupFactor: Double = standardWarmupFactor
  ) {
    self.shape = shape
    self.power = shape == .polynomial ? power : nil
    self.warmup = warmup == 0 ? nil : warmup
    self.warmupFactor = warmup == 0 ? nil : warmupFactor
  }

  package static let standardPower = 0.9
  package static let standardWarmupFactor = 0.01

  /// The factor of the learning rate in a step.
  /// - Parameters:
  ///   - step: counted from 0.
  ///   - steps: of the whole training, with the warm-up.
  package func factor(at step: Int, of steps: Int) -> Double {
    let warmup = warmup ?? 0
    if step < warmup {
      let first = warmupFactor ?? Self.standardWarmupFactor
      return first + (1 - first) * Double(step) / Double(warmup)
    }
    let part = min(1, Double(step - warmup) / Double(max(1, steps - warmup)))
    switch shape {
    case .constant: return 1
    case .polynomial: return pow(1 - part, power ?? Self.standardPower)
    case .cosine: return (1 + cos(.pi * part)) / 2
    }
  }
}
