import Foundation
import Models

/// What a run needs of a machine, estimated from its network's size before anything was measured
/// there: it is what batch jobs ask for unless the user says it. docs/cluster.md states the rule and
/// what it was measured on.
package struct RunResources: Hashable, Sendable {
  package var cpus: Int
  /// Mebibytes.
  package var memory: Int
  /// Minutes.
  package var minutes: Int

  /// - Parameter cpus: the cores that the user wants; nil chooses as few as bring the run below half a
  ///   day, because few cores are used better than many.
  package init(_ run: RunConfiguration, cpus: Int? = nil) {
    let seconds = Self.secondsOnOneCore(run)
    self.cpus = cpus ?? [1, 2, 4].first { seconds / Double($0) <= Self.halfADay } ?? 8
    memory = Self.roundedUp(Self.memoryMargin * Self.megabytes(run), to: 512)
    // A job that is too short is queued again; one that asks for too long waits longer for its turn.
    let minutes = Self.timeMargin * seconds / Double(self.cpus) / 60
    self.minutes = Self.roundedUp(min(minutes, Self.mostMinutes), to: 30)
  }

  private static let halfADay = 43_200.0
  private static let mostMinutes = 24 * 60.0
  private static let timeMargin = 3.0
  private static let memoryMargin = 1.25

  /// Microseconds per pixel of ResNet-18: what grows with the channels, and with their square.
  private static let microseconds = (linear: 0.9, square: 3.1)

  package static func secondsOnOneCore(_ run: RunConfiguration) -> Double {
    let pixel = microseconds.linear * run.width + microseconds.square * run.width * run.width
    let pixels = Double(run.training.iterations) * pixelsPerStep(run)
    return 1e-6 * pixel * run.backbone.relativeCost * pixels
  }

  private static func pixelsPerStep(_ run: RunConfiguration) -> Double {
    Double(run.training.batch) * Double(run.data.height) * Double(run.data.width)
  }

  package static func megabytes(_ run: RunConfiguration) -> Double {
    // Weights, gradients, the optimizer's moments, and what is copied for a checkpoint.
    let weights = 24e-6 * parameters(run)
    let maps = 1e-6 * pixelsPerStep(run) * (250 + 1400 * run.backbone.relativeCost * run.width)
    return 200 + weights + maps + images(run)
  }

  /// The network's parameters, from those of a small one: nearly all grow with the square of the width.
  private static func parameters(_ run: RunConfiguration) -> Double {
    var small = run
    small.width = 0.125
    let count = small.makeNetwork(classes: 19).parameters.reduce(0) { $0 + $1.value.count }
    return Double(count) * pow(run.width / small.width, 2)
  }

  /// Megabytes of decoded images, of which at most 2 GiB are kept for a split.
  private static func images(_ run: RunConfiguration) -> Double {
    guard let render = run.data.render else { return 4096 }
    let count = Double(render.train + render.validation + render.test)
    return min(4096, 4e-6 * count * Double(render.height) * Double(render.width))
  }

  private static func roundedUp(_ value: Double, to step: Int) -> Int {
    max(1, Int((value / Double(step)).rounded(.up))) * step
  }
}
