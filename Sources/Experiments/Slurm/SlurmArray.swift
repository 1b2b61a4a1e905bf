import Foundation

/// Runs that need as much, trained by the tasks of one array.
package struct SlurmArray {
  /// The name of its script.
  package var kind: String
  let resources: RunResources
  /// The longest first; Slurm starts the tasks in this order.
  package let runs: [RunFolder]

  /// Slurm's own limit is a thousand, unless its administrator set another.
  private static let mostTasks = 1000

  /// The arrays for these runs, that of the longest runs first.
  package static func arrays(of runs: [RunFolder], _ request: SlurmRequest) -> [SlurmArray] {
    // Runs of one setting need the same, and to find out what takes a network.
    let settings = Set(runs.map(\.configuration.setting))
    let needs = Dictionary(
      uniqueKeysWithValues: settings.map { ($0, RunResources($0, cpus: request.cpus)) })
    let all = runs.compactMap { run in needs[run.configuration.setting].map { (run, $0) } }
      .sorted {
        RunResources.secondsOnOneCore($0.0.configuration)
          > RunResources.secondsOnOneCore($1.0.configuration)
      }
    let groups = Dictionary(grouping: all, by: \.1).sorted {
      ($1.key.minutes, $1.key.memory, $1.key.cpus) < ($0.key.minutes, $0.key.memory, $0.key.cpus)
    }
    let parts = groups.flatMap { resources, members in
      stride(from: 0, to: members.count, by: mostTasks).map { start in
        let part = members[start..<min(start + mostTasks, members.count)]
        return SlurmArray(kind: "", resources: resources, runs: part.map(\.0))
      }
    }
    return parts.enumerated().map { index, array in
      var array = array
      array.kind = "train-\(index + 1)"
      return array
    }
  }

  /// What a job asks for that does not train.
  static func small(_ request: SlurmRequest) -> [String] {
    request.directives + [
      "cpus-per-task=\(request.cpus ?? 2)", "mem=2G", "time=\(request.time ?? "60")",
    ]
  }

  /// Ranks may be on several nodes, so that memory is asked for by core.
  private func memory(_ request: SlurmRequest) -> String {
    if let memory = request.memory { return "mem=\(memory)" }
    if request.ranks == 1 { return "mem=\(resources.memory)M" }
    return "mem-per-cpu=\((resources.memory + resources.cpus - 1) / resources.cpus)M"
  }

  /// What starts a run's processes.
  private func launcher(_ ranks: Int) -> [String] {
    ranks == 1
      ? []
      : [
        "srun", "--mpi=pmix", "--kill-on-bad-exit=1", "--ntasks=\(ranks)",
        "--cpus-per-task=\(resources.cpus)",
      ]
  }

  func script(_ request: SlurmRequest, _ sweep: [String], list: String) -> SlurmScript {
    let limit = request.arrayLimit.map { "%\($0)" } ?? ""
    let time = request.time ?? "\(resources.minutes)"
    let seconds = SlurmTime.seconds(time) ?? resources.minutes * 60
    let directives =
      request.directives + [
        "array=1-\(runs.count)\(limit)", "ntasks=\(request.ranks)",
        "cpus-per-task=\(resources.cpus)",
        memory(request), "time=\(time)", "requeue",
        "signal=B:USR1@\(SlurmTime.warning(of: seconds))",
      ]
    let command = SlurmScript.command(
      launcher(request.ranks) + sweep + [
        "--threads", "\(resources.cpus)", "--jobs", "1", "--slurm-task", list,
      ])
    return SlurmScript(
      kind: kind, comment: "Each task trains one run, on a line of \(kind).txt.",
      directives: directives, body: SlurmScript.requeued(command))
  }
}

/// Times as `sbatch` reads them.
package enum SlurmTime {
  /// The seconds of minutes, minutes:seconds, hours:minutes:seconds, days-hours, days-hours:minutes or
  /// days-hours:minutes:seconds; nil for anything else.
  package static func seconds(_ text: String) -> Int? {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    let words = (parts.last ?? "").split(separator: ":", omittingEmptySubsequences: false)
    let numbers = words.compactMap { Int($0) }
    guard parts.count <= 2, numbers.count == words.count, (1...3).contains(numbers.count),
      numbers.allSatisfy({ (0...1_000_000).contains($0) })
    else { return nil }
    if parts.count == 2 {
      guard let days = Int(parts[0]), (0...10_000).contains(days) else { return nil }
      let units = [3600, 60, 1]
      return days * 86_400 + zip(numbers, units).reduce(0) { $0 + $1.0 * $1.1 }
    }
    let units = numbers.count == 3 ? [3600, 60, 1] : [60, 1]
    return zip(numbers, units).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// The seconds before the limit at which a run is told to save its checkpoint: five minutes, but
  /// not more than a third of a short job. Slurm may be a minute early.
  package static func warning(of seconds: Int) -> Int { max(20, min(300, seconds / 3)) }
}
