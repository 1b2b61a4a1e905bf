import ArgumentParser

struct NetworkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "network", abstract: "Compare stored weights with another framework.",
    subcommands: [NetworkForwardCommand.self])
}
