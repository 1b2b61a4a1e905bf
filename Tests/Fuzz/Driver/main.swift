import ArgumentParser
import Experiments
import Files
import Foundation
import FuzzTargets

/// Reads files that nobody meant to be read: see `make fuzz`.
struct Fuzz: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recallbench-fuzz",
    abstract: "Read changed files with everything that reads files, and report traps and hangs.")

  @Option(help: "All in all, apart from making found inputs smaller.")
  var seconds = 600.0
  @Option(help: "Of the inputs that are drawn.")
  var seed: UInt64 = 1
  @Option(help: "Names, with commas between them; without: all.")
  var targets = ""
  @Option(help: "Targets at once.")
  var jobs = max(1, min(4, ProcessInfo.processInfo.activeProcessorCount))
  @Option(help: "The folder of the tests' fixtures, which inputs are made from.")
  var fixtures = "Tests/Fixtures"
  @Option(help: "Where inputs are stored on which something went wrong.")
  var findings = ".build/fuzz"
  @Option(help: "A Markdown file for the outcome.")
  var output: String?

  func validate() throws {
    guard seconds > 0, jobs > 0 else { throw ValidationError("give numbers above 0") }
  }

  func run() throws {
    let chosen =
      try targets.isEmpty
      ? FuzzTarget.all
      : targets.split(separator: ",").map { name in
        guard let target = FuzzTarget.named(String(name)) else {
          let names = FuzzTarget.all.map(\.name).joined(separator: ", ")
          throw UserError("there is no target \(quoted(String(name))): use \(names)")
        }
        return target
      }
    let campaign = Campaign(
      chosen, seconds: seconds, seed: seed, jobs: jobs, fixtures: URL(filePath: fixtures),
      findings: URL(filePath: findings))
    try campaign.run {
      print("\($0.target.name): \($0.executions) inputs")
      fflush(nil)
    }
    let table = FuzzTable(tallies: campaign.tallies, seconds: seconds, seed: seed)
    print(table.text)
    if let output {
      let machine = RunEnvironment.current(threads: jobs)
      let text = table.markdown(
        machine: "\(machine.cpu), \(machine.cores) cores, \(jobs) workers", commit: machine.commit)
      try AtomicFile.write(text, to: URL(filePath: output))
    }
    guard table.findings == 0 else {
      throw UserError(path: findings, problem: "holds inputs on which something went wrong")
    }
  }
}

/// A worker's arguments are not for users.
func work(_ words: [String]) throws -> WorkerEnd {
  guard words.count >= 5, let state = SharedState(words[0], creates: false),
    let target = FuzzTarget.named(words[2])
  else { throw UserError("a worker has no such arguments") }
  Worker.limitMemory()
  let worker = Worker(target: target, fixtures: URL(filePath: words[3]))
  if words[1] == "one" {
    return try worker.read(Data(contentsOf: URL(filePath: words[4])), state)
  }
  guard words.count == 7, let seed = UInt64(words[4]), let start = Int(words[5]),
    let seconds = Double(words[6])
  else { throw UserError("a worker has no such arguments") }
  return try worker.run(state, seed: seed, start: start, seconds: seconds)
}

do {
  if CommandLine.arguments.dropFirst().first == "worker" {
    exit(try work(Array(CommandLine.arguments.dropFirst(2))).rawValue)
  }
  var command = try Fuzz.parseAsRoot()
  try command.run()
} catch let error as UserError {
  FileHandle.standardError.write(Data("error: \(error)\n".utf8))
  exit(1)
} catch {
  Fuzz.exit(withError: error)
}
