import Foundation
import Models

/// What a run needs of a machine, estimated from its network's size before anything was measured
/// there: it is what batch jobs ask for unless the user says it.
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
    self.cpus = cpus ?? [1, 2, 4, 8].first { seconds / Double($0) <= 43_200 } ?? 8
    memory = Self.roundedUp(Self.bytes(run) / 1_048_576, to: 512)
    // A job that is too short is queued again; one that is too long waits longer for its turn.
    minutes = Self.roundedUp(Self.safety * seconds / Double(self.cpus) / 60, to: 30)
  }

  private static let safety = 3.0

  static func secondsOnOneCore(_ run: RunConfiguration) -> Double {
    0
  }

  static func bytes(_ run: RunConfiguration) -> Double { 0 }

  private static func roundedUp(_ value: Double, to step: Int) -> Int {
    max(1, Int((value / Double(step)).rounded(.up))) * step
  }
}
