import ArgumentParser
import Experiments

struct AllCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "all",
    abstract: "Measure layers, losses, steps and data one after another, in a few minutes.")

  @OptionGroup var speed: SpeedOptions

  func run() throws {
    var layers = try LayersCommand.parseDefaults()
    layers.speed = speed
    var figures = try layers.measure()
    print()
    var losses = try LossesCommand.parseDefaults()
    losses.speed = speed
    figures += try losses.measure()
    print()
    var steps = try StepsCommand.parseDefaults()
    steps.speed = speed
    figures += try steps.measure()
    print()
    var data = try DataCommand.parseDefaults()
    data.speed = speed
    figures += try data.measure()
    try speed.store(figures)
  }
}

extension ParsableCommand {
  /// The command as it is without arguments.
  static func parseDefaults() throws -> Self { try parse([]) }
}
