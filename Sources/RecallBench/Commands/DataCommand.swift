import ArgumentParser

struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data", abstract: "Inspect a data set, or render a stand-in for one.",
    subcommands: [DataInspectCommand.self, DataRenderCommand.self])
}
