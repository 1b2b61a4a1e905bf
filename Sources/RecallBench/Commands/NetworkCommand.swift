import ArgumentParser

struct NetworkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "network",
    abstract: "List the networks, or compare stored weights with another framework.",
    subcommands: [NetworkListCommand.self, NetworkForwardCommand.self])
}
