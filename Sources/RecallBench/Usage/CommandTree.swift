import ArgumentParser
import Files
import Losses

/// A mistake in the command line, which the user learns of in one line; status 64.
struct UsageError: Error {
  let message: String
  /// The command whose help explains what is allowed, such as `recallbench sweep`.
  let command: String
}

/// The commands and their subcommands.
enum CommandTree {
  /// Every command with the words that call it, the root's being none.
  static var all: [(path: [String], command: any ParsableCommand.Type)] {
    func below(
      _ path: [String], _ command: any ParsableCommand.Type
    ) -> [(path: [String], command: any ParsableCommand.Type)] {
      [(path, command)]
        + command.configuration.subcommands.flatMap { below(path + [name($0)], $0) }
    }
    return below([], RootCommand.self)
  }

  private static func name(_ command: any ParsableCommand.Type) -> String {
    command.configuration.commandName ?? ""
  }

  /// - Throws: `UsageError` if a word is in the place of a subcommand and names none.
  static func checkSubcommands(_ arguments: [String]) throws {
    var (command, path): (any ParsableCommand.Type, [String]) = (RootCommand.self, [])
    for word in arguments.drop(while: { $0 == "help" }) {
      let subcommands = command.configuration.subcommands
      guard !word.hasPrefix("-"), !subcommands.isEmpty else { return }
      if let next = subcommands.first(where: { name($0) == word }) {
        (command, path) = (next, path + [word])
        continue
      }
      let names = subcommands.map(name)
      if command.configuration.defaultSubcommand != nil {
        // The word is an argument of the default one, unless it looks like a mistyped name.
        let isLoss = LossRegistry.all.contains { word.hasPrefix($0.name) }
        guard !isLoss, suggestion(for: word, among: names) != nil else { return }
      }
      throw UsageError(
        message: "there is no subcommand '\(word)'\(allowedList(for: word, names))",
        command: ([ProgramName.current] + path).joined(separator: " "))
    }
  }

  /// The command that arguments call, such as `recallbench losses check`.
  static func called(by arguments: [String]) -> String {
    let path = arguments.prefix { !$0.hasPrefix("-") }
    let longest = all.filter { path.starts(with: $0.path) }.max { $0.path.count < $1.path.count }
    return ([ProgramName.current] + (longest?.path ?? [])).joined(separator: " ")
  }

  /// The long options of a command, given as in `recallbench losses check`.
  static func options(of command: String) -> [String] {
    let path = command.split(separator: " ").dropFirst().map(String.init)
    guard let type = all.first(where: { $0.path == path })?.command else { return [] }
    let help = RootCommand.helpMessage(for: type)
    let options = help.matches(of: /--[a-z][a-z-]*/).map { String($0.output) }
    return Array(Set(options)).sorted()
  }
}
