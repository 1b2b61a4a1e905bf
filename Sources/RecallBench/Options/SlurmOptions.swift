import ArgumentParser
import Experiments
import Files
import Foundation
import Tensors

/// A sweep as jobs of Slurm.
struct SlurmOptions: ParsableArguments {
  @Flag(help: "Submit the runs that are missing to Slurm, as an array, and end.")
  var slurm = false
  @Flag(
    help: "Only write Slurm's scripts, into the output folder, to be read, edited and submitted.")
  var slurmScript = false
  @Option(help: ArgumentHelp("Partition of Slurm (default: its own).", valueName: "name"))
  var partition: String?
  @Option(help: ArgumentHelp("Account of Slurm (default: the user's).", valueName: "name"))
  var account: String?
  @Option(
    help: ArgumentHelp(
      "Time limit of a run as Slurm reads it; at its end the run is queued again and goes on "
        + "(default: estimated from the network's size).", valueName: "limit"))
  var time: String?
  @Option(
    help:
      "Cores of a run under Slurm (default: 1, 2, 4 or 8, as few as are expected to do in 12 hours)."
  )
  var cpus: Int?
  @Option(
    name: .customLong("mem"),
    help: ArgumentHelp(
      "Memory of a run as Slurm reads it (default: estimated from the network's size).",
      valueName: "size"))
  var memory: String?
  @Option(help: "Runs that Slurm trains at the same time (default: as many as it has room for).")
  var arrayLimit: Int?
  @Option(
    help: ArgumentHelp(
      "Another option of sbatch, such as qos=long; may be repeated.", valueName: "KEY=VALUE"))
  var sbatch: [String] = []
  @Flag(name: .customLong("prepare"), help: .hidden)
  var isPreparation = false
  @Option(help: .hidden)
  var slurmTask: String?

  var isUsed: Bool { slurm || slurmScript }

  private var words: [String?] { [partition, account, time, memory] + sbatch }

  func validate() throws {
    if !isUsed, words.contains(where: { $0 != nil }) || cpus != nil || arrayLimit != nil {
      throw ValidationError(
        "--partition, --account, --time, --cpus, --mem, --array-limit and --sbatch need --slurm or "
          + "--slurm-script.")
    }
    if let cpus, !(1...1024).contains(cpus) {
      throw ValidationError("--cpus must be from 1 to 1024.")
    }
    if let arrayLimit, arrayLimit < 1 { throw ValidationError("--array-limit must be at least 1.") }
    // They become lines of a script.
    for word in words.compactMap(\.self)
    where word.isEmpty || word.contains(where: { $0.isNewline || $0.isWhitespace }) {
      throw ValidationError("'\(word)' is no value for Slurm: it is empty or contains spaces.")
    }
    for word in sbatch where !word.contains("=") || word.hasPrefix("-") {
      throw ValidationError("--sbatch takes KEY=VALUE, such as qos=long, not '\(word)'.")
    }
  }

  private var request: SlurmRequest {
    var request = SlurmRequest()
    (request.partition, request.account, request.time) = (partition, account, time)
    (request.cpus, request.memory, request.arrayLimit) = (cpus, memory, arrayLimit)
    request.others = sbatch
    return request
  }

  /// Writes the scripts and, if asked to, submits them.
  func submit(_ execution: SweepExecution, _ data: DataOptions, ranks: Int?) throws {
    if let ranks, ranks > 1, !MPIRanks.isBuilt {
      throw Launch.withoutMPI("--ranks \(ranks) needs MPI")
    }
    var request = request
    request.ranks = ranks ?? 1
    let folder = execution.output.absoluteURL.standardizedFileURL.path
    let words = SweepExecution.SlurmWords(
      sweep: [Self.program] + Self.sweepWords + ["--output", folder],
      report: [Self.program, "report", folder] + data.arguments
        + execution.sweep.placeArguments(besides: try data.folders()))
    for line in try execution.submit(request, words, isSubmitted: slurm) { print(line) }
    if slurm {
      print(
        "how far they are: \(ProgramName.current) status \(shellQuoted(execution.output.relativePath))"
      )
    }
  }

  /// This program, wherever a job is started.
  static var program: String {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
      ?? CommandLine.arguments[0]
  }

  /// The words of this command that every job of the sweep needs.
  private static var sweepWords: [String] {
    let flags: Set = ["--slurm", "--slurm-script", "--report"]
    let options: Set = [
      "--ranks", "--partition", "--account", "--time", "--cpus", "--mem", "--array-limit",
      "--sbatch",
      "--jobs",
      "--threads", "--output", "-o",
    ]
    var (kept, rest) = ([String](), CommandLine.arguments.dropFirst())
    while let word = rest.popFirst() {
      let name = String(word.prefix { $0 != "=" })
      if flags.contains(word) { continue }
      if options.contains(name) {
        if name == word { _ = rest.popFirst() }
        continue
      }
      kept.append(word)
    }
    return kept
  }

  /// Checks and renders the data of a sweep, and trains nothing.
  func prepare(_ execution: SweepExecution) throws {
    Interruption.install()
    var execution = execution
    execution.isOnlyPrepared = true
    _ = try execution.run { Interruption.isRequested }
    print("the data of \(counted(execution.runCount, "run")) is ready")
  }

  /// The status that has the script of a task queue it again: the run failed, but not yet twice for one
  /// reason. It is that of a temporary failure in sysexits.h.
  static let tryAgain: Int32 = 75

  /// Trains the one run of a task of an array.
  func runTask(_ execution: SweepExecution, list: String) throws {
    let task = ProcessInfo.processInfo.environment["SLURM_ARRAY_TASK_ID"]
    var execution = execution
    try execution.select(run: URL(filePath: list), task: task)
    do { try runSession(execution) } catch let exit as ExitCode where exit.rawValue == 1 {
      throw ExitCode(try execution.isHopeless() ? exit.rawValue : Self.tryAgain)
    }
  }
}
