import ArgumentParser
import Files
import Foundation

/// How a command ends: what it prints last, and the exit status.
struct Ending {
  /// Success.
  static let helpStatus: Int32 = 0
  /// A mistake in the command line.
  static let usageStatus: Int32 = 64

  /// Empty if there is nothing to say.
  let text: String
  let status: Int32

  /// The ending after an error: one line, `error: ...`, wherever the error comes from. Help that was
  /// asked for is no error.
  init(_ error: any Error) {
    let code = RootCommand.exitCode(for: error).rawValue
    switch error {
    case let error as UserError: self.init(text: "error: \(error)", status: 1)
    case is ExitCode: self.init(text: "", status: code)
    case let error as UsageError: self.init(mistake: error.message, in: error.command)
    default:
      let columns = max(80, Terminal.columns ?? 80)
      let whole = RootCommand.fullMessage(for: error, columns: columns)
      if code == Self.helpStatus {
        let program = CommandLine.arguments.first ?? ProgramName.current
        self.init(text: HelpText(whole, program: program).text, status: code)
      } else if code == Self.usageStatus {
        let command = whole.firstMatch(of: /See '(.+) --help' for more/).map { String($0.1) }
        self.init(
          mistake: RootCommand.message(for: error),
          in: command ?? CommandTree.called(by: Array(CommandLine.arguments.dropFirst())))
      } else {
        self.init(text: "error: \(oneLine(error))", status: 1)
      }
    }
  }

  private init(text: String, status: Int32) { (self.text, self.status) = (text, status) }

  private init(mistake message: String, in command: String) {
    let text = Self.clause(Self.suggesting(Self.shortened(message), command))
    self.init(
      text: "error: \(text)\(text.hasSuffix("?") ? "" : ";") see '\(command) --help'",
      status: Self.usageStatus)
  }

  /// With no more than the beginning of an option's value.
  private static func shortened(_ message: String) -> String {
    message.replacing(/^The value '([\s\S]*)' is invalid/) {
      "The value '\(excerpt(String($0.1)))' is invalid"
    }
  }

  /// The parser's advice on an unknown option, with an option that begins like it preferred.
  private static func suggesting(_ message: String, _ command: String) -> String {
    guard let found = message.firstMatch(of: /^Unknown option '(--[^']+)'/) else { return message }
    let word = String(found.1)
    let allowed = CommandTree.options(of: command)
    let meant =
      allowed.filter { $0.hasPrefix(word) }.min { $0.count < $1.count }
      ?? suggestion(for: word, among: allowed)
    return "unknown option '\(word)'" + (meant.map { "; did you mean '\($0)'?" } ?? "")
  }

  /// A sentence or two as part of a line: without a capital in front and a period at the end.
  private static func clause(_ message: String) -> String {
    var text = message.split(whereSeparator: \.isNewline).joined(separator: " ")
    while text.hasSuffix(".") { text.removeLast() }
    let isWord = text.dropFirst().first?.isLowercase == true
    return isWord ? text.prefix(1).lowercased() + text.dropFirst() : text
  }

  /// Prints the text, to standard output if it was asked for, and ends the process.
  func exit() -> Never {
    if status == Self.helpStatus {
      StandardStreams.writeResults(text.isEmpty ? "" : text + "\n")
      if let ending = Self.ofLostResults { ending.exit() }
    } else if !text.isEmpty {
      StandardStreams.writeMessage(visible(text) + "\n")
    }
    Foundation.exit(status)
  }

  /// The ending if standard output did not take everything; nil if it did. A closed pipe, as of
  /// `head`, ends the command as its signal would, without a word.
  static var ofLostResults: Ending? {
    guard let lost = StandardStreams.lostResults else { return nil }
    if lost.isClosedPipe { return Ending(text: "", status: 128 + SIGPIPE) }
    return Ending(text: "error: \(lost.error)", status: 1)
  }
}
