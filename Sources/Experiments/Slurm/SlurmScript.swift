import Files
import Foundation

/// The text of a batch script that one may read, edit, and submit by hand.
struct SlurmScript {
  /// After the name of the sweep in the job's name.
  var kind: String
  var comment: String
  var directives: [String]
  /// What the job runs.
  var body: String

  /// - Parameters:
  ///   - sweep: the sweep's name.
  ///   - logs: the folder of the jobs' output.
  func text(sweep: String, logs: URL) -> String {
    let name = sweep.filter { $0.isLetter || $0.isNumber || "-_.".contains($0) }
    let common = [
      "job-name=\(name)-\(kind)", "chdir=\(FileManager.default.currentDirectoryPath)",
      "output=\(logs.path)/\(isArray ? "%x-%A_%a" : "%x-%j").log", "open-mode=append",
    ]
    let lines = (common + directives).map { "#SBATCH --\($0)" }
    return """
      #!/bin/bash
      # Written by recallbench. It may be edited and submitted by hand: sbatch \(kind).sh
      # \(comment)
      \(lines.joined(separator: "\n"))

      \(body)

      """
  }

  private var isArray: Bool { directives.contains { $0.hasPrefix("array=") } }

  /// A command in a shell's notation, an option with its value a line.
  static func command(_ words: [String]) -> String {
    words.map(shellQuoted).reduce("") { text, word in
      text.isEmpty ? word : text + (word.hasPrefix("-") ? " \\\n  " : " ") + word
    }
  }

  /// Runs the command of one task of an array so that it survives what clusters do: shortly before the
  /// time limit, and when the command asks for it or is killed, the job is queued once more, and then
  /// goes on from the last checkpoint.
  static func requeued(_ command: String) -> String {
    """
    \(command) &
    child=$!
    # Slurm's signal before the time limit: save a checkpoint, then wait in the queue once more. It is
    # passed on as it is, because SIGTERM has srun kill its processes.
    trap 'again=1; kill -USR1 "$child"' USR1
    # The job is canceled or preempted: save a checkpoint and end; Slurm itself queues what it preempted.
    trap 'ended=1; kill -USR1 "$child"' TERM INT
    wait "$child"; status=$?
    # A signal ends the waiting, not the child.
    while [ "$status" -gt 128 ] && kill -0 "$child" 2>/dev/null; do wait "$child"; status=$?; done
    # Status 75: it failed for the first time with this error. Above 128: it was killed, perhaps because
    # memory ran out. The command itself gives up on a run that fails again and again.
    if [ "$status" -eq 75 ] || { [ "$status" -gt 130 ] && [ -z "${ended-}" ]; }; then again=1; fi
    if [ -n "${again-}" ] && [ "$status" -ne 0 ] && [ "$status" -ne 1 ]; then
      scontrol requeue "$SLURM_JOB_ID" && exit "$status"
    fi
    exit "$status"
    """
  }
}
