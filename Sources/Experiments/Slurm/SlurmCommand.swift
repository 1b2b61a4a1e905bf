import Files
import Foundation

/// Slurm's programs, found on the path.
enum SlurmCommand {
  /// Submits a script.
  /// - Returns: the number of the job.
  /// - Throws: `UserError` with what Slurm said.
  static func submit(_ script: URL, dependency: String? = nil) throws(UserError) -> String {
    let options = dependency.map { ["--dependency=\($0)", "--kill-on-invalid-dep=yes"] } ?? []
    let outcome = try run("sbatch", ["--parsable"] + options + [script.path])
    guard outcome.status == 0 else {
      throw UserError(
        path: script.path, problem: "sbatch refused it: \(said(outcome)); nothing was submitted")
    }
    // The number, and after a semicolon the name of the cluster.
    let text = String(decoding: outcome.output, as: UTF8.self)
    let number = text.prefix { $0.isNumber }
    guard !number.isEmpty else {
      throw UserError(path: script.path, problem: "sbatch gave no job number but \(quoted(text))")
    }
    return String(number)
  }

  static func cancel(_ jobs: [String]) {
    if !jobs.isEmpty { _ = try? run("scancel", jobs) }
  }

  /// The jobs of this user that wait or run, a task of an array as `17_4`.
  /// - Throws: `UserError` if Slurm does not answer: nobody then knows what is queued already.
  static func queue() throws(UserError) -> Set<String> {
    let outcome = try run(
      "squeue", ["--noheader", "--array", "--user=\(NSUserName())", "--format=%i"])
    guard outcome.status == 0 else {
      throw UserError("squeue does not say what is queued: \(said(outcome)); try again")
    }
    return words(outcome)
  }

  /// The nodes of the cluster; empty where Slurm does not say.
  static func nodes() -> Set<String> {
    guard let outcome = try? run("sinfo", ["--noheader", "--Node", "--format=%N"]),
      outcome.status == 0
    else { return [] }
    return words(outcome)
  }

  private static func words(_ outcome: Program.Outcome) -> Set<String> {
    let text = String(decoding: outcome.output, as: UTF8.self)
    return Set(text.split(whereSeparator: \.isWhitespace).map(String.init))
  }

  /// - Throws: `UserError` if there is no such program.
  private static func run(
    _ name: String, _ arguments: [String]
  ) throws(UserError) -> Program.Outcome {
    let outcome = try Program("/usr/bin/env", [name] + arguments).run()
    // The status of `env` for a program that is not there.
    guard outcome.status != 127 else {
      throw UserError(
        "\(name) is not on the path: run this on a machine from which jobs are submitted to Slurm, or "
          + "write the scripts alone with --slurm-script")
    }
    return outcome
  }

  /// What a program complained of, in one line without its own name.
  private static func said(_ outcome: Program.Outcome) -> String {
    let lines = outcome.errors.split(whereSeparator: \.isNewline).map { line in
      line.replacing(/^[a-z]+: (error: )?/, with: "")
    }
    return lines.isEmpty ? "status \(outcome.status)" : lines.joined(separator: "; ")
  }
}
