import ArgumentParser
import Files
import Foundation
import Models
import Tensors

/// How many threads to use; results do not depend on it.
struct ThreadOptions: ParsableArguments {
  @Option(help: "Number of threads, shared by runs trained at once (default: all usable cores).")
  var threads: Int?

  /// Ranks on one machine share its cores.
  var threadCount: Int { threads ?? max(1, Cores.available / Launch.localCount) }

  func validate() throws {
    guard (1...1024).contains(threadCount) else {
      throw ValidationError("--threads must be from 1 to 1024.")
    }
  }
}

/// How training uses the machine.
struct MachineOptions: ParsableArguments {
  @OptionGroup var threads: ThreadOptions
  @Option(help: "Seconds between the checkpoints of a run.")
  var checkpointEvery: Double = 60

  var threadCount: Int { threads.threadCount }

  func validate() throws {
    guard checkpointEvery >= 0, checkpointEvery.isFinite else {
      throw ValidationError("--checkpoint-every must not be negative.")
    }
  }
}

// What options with a value from a list are read with, once, while the command line is parsed.

/// The named choice, such as `resnet18`.
@Sendable
func choice<Choice: RawRepresentable<String> & CaseIterable>(_ word: String) throws -> Choice {
  if let choice = Choice(rawValue: word) { return choice }
  let allowed = Choice.allCases.map(\.rawValue)
  throw ValidationError(
    "'\(word)' is unknown\(allowedList(for: word, allowed))")
}

/// The named choices of a comma-separated list.
@Sendable
func choices<Choice: RawRepresentable<String> & CaseIterable>(_ list: String) throws -> [Choice] {
  try elements(list).map(choice)
}

/// The numbers of a comma-separated list of seeds.
@Sendable
func seedList(_ list: String) throws -> [UInt64] {
  try elements(list).map { word in
    guard let seed = UInt64(word) else {
      throw ValidationError("'\(word)' is not a whole number from 0")
    }
    return seed
  }
}

/// The elements of a comma-separated list, such as `1,2`.
func elements(_ list: String) throws -> [String] {
  let words = list.split(separator: ",", omittingEmptySubsequences: false).map {
    $0.trimmingCharacters(in: .whitespaces)
  }
  guard words.allSatisfy({ !$0.isEmpty }) else { throw ValidationError("an element is empty") }
  return words
}

/// What a shell offers for an option whose values are named.
func completion<Value: NamedValue>(of type: Value.Type) -> CompletionKind {
  .list(Value.allCases.map(\.name))
}

/// What a shell offers for a sweep file.
var sweepFiles: CompletionKind { .file(extensions: ["yml", "yaml"]) }

/// `a, b or c`: the names of all values, for help texts.
func names<Value: NamedValue>(of type: Value.Type) -> String {
  let names = Value.allCases.map(\.name)
  return names.dropLast().joined(separator: ", ") + " or " + names.suffix(1).joined()
}
