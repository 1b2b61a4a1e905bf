import ArgumentParser
import Foundation
import Models

/// How many threads to use; results do not depend on it.
struct ThreadOptions: ParsableArguments {
  @Option(help: "Number of threads, shared by runs trained at once (default: all cores).")
  var threads: Int?

  var threadCount: Int { threads ?? ProcessInfo.processInfo.activeProcessorCount }

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

/// The elements of a comma-separated option, such as `1,2`.
func elements<Element>(
  _ list: String, _ option: String, _ read: (String) throws -> Element?
) throws -> [Element] {
  try list.split(separator: ",", omittingEmptySubsequences: false).map {
    let word = $0.trimmingCharacters(in: .whitespaces)
    guard let element = try read(word) else {
      throw ValidationError("'\(word)' is not a valid value for --\(option).")
    }
    return element
  }
}

/// The named choice of an option that takes a single one.
func choice<Choice: RawRepresentable<String> & CaseIterable>(
  _ word: String, _ option: String
) throws -> Choice {
  if let choice = Choice(rawValue: word) { return choice }
  throw unknown(word, option, Choice.allCases.map(\.rawValue))
}

/// The named choices of a comma-separated option.
func choices<Choice: RawRepresentable<String> & CaseIterable>(
  _ list: String, _ option: String, of type: Choice.Type = Choice.self
) throws -> [Choice] {
  try elements(list, option) { word in
    if let choice = Choice(rawValue: word) { return choice }
    throw unknown(word, option, Choice.allCases.map(\.rawValue))
  }
}

private func unknown(_ word: String, _ option: String, _ allowed: [String]) -> ValidationError {
  ValidationError(
    "'\(word)' is not a valid value for --\(option)\(allowedList(for: word, allowed))")
}

/// `a, b or c`: the names of all values, for help texts.
func names<Value: NamedValue>(of type: Value.Type) -> String {
  let names = Value.allCases.map(\.name)
  return names.dropLast().joined(separator: ", ") + " or " + names.suffix(1).joined()
}
