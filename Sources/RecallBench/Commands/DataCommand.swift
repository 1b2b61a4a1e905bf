import ArgumentParser

struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data", abstract: "Describe or inspect a data set, or render a stand-in for one.",
    subcommands: [DataNewCommand.self, DataInspectCommand.self, DataRenderCommand.self])
}
