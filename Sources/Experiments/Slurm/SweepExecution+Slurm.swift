import Files
import Foundation

extension SweepExecution {
  /// How the jobs of a sweep call this program.
  package struct SlurmWords: Sendable {
    /// This sweep, without options about Slurm, jobs, threads and the report.
    package var sweep: [String]
    package var report: [String]

    package init(sweep: [String], report: [String]) { (self.sweep, self.report) = (sweep, report) }
  }

  /// Writes batch scripts for the runs that are neither done nor at work nor queued, and submits them:
  /// a job that checks and renders the data, arrays with a task for each run, the longest first, and a
  /// job that writes the report when these have ended.
  ///
  /// - Parameter isSubmitted: false: the scripts are only written.
  /// - Returns: lines that say what was done.
  /// - Throws: `UserError` if the sweep cannot start or Slurm refuses a job; then nothing is queued.
  package func submit(
    _ request: SlurmRequest, _ words: SlurmWords, isSubmitted: Bool
  ) throws -> [String] {
    try AtomicFile.createFolder(output)
    let sweep = SweepFolder(output)
    guard let setup = try sweep.claimSetup(isInterrupted: { false }) else { return [] }
    defer { setup.release() }
    let pending = try plannedRuns(besides: sweep.sweeps)
    let queued = isSubmitted ? try SlurmSubmission.queued(sweep) : [:]
    let claims = sweep.claims.standings()
    let open = pending.filter { queued[$0.name] == nil && claims[$0.name]?.isOver ?? true }
    let others = pending.count - open.count
    let rest = others == 0 ? "" : "; \(counted(others, "run")) queued or running already"
    if open.isEmpty { return ["no run to submit\(rest)"] }
    forgetFailures(of: open)
    try AtomicFile.createFolder(logs)
    let submission = try SlurmSubmission(next: sweep)
    let arrays = SlurmArray.arrays(of: open, request)
    try write(submission, arrays, request, words)
    let scripts = "\(submission.folder.relativePath)/"
    guard isSubmitted else {
      return [
        "\(counted(open.count, "run")) in scripts: \(scripts); submit them with bash \(scripts)submit.sh\(rest)"
      ]
    }
    if let warning = localDiskWarning() { warn(warning) }
    let jobs = try queue(
      submission, arrays, after: Set(queued.values.map { $0.prefix { $0 != "_" } }))
    return [
      "\(counted(open.count, "run")) submitted\(rest): jobs \(jobs.joined(separator: ", ")); scripts in \(scripts), logs in "
        + "\(logs.relativePath)/"
    ]
  }

  /// Leaves only the run that a task of an array trains.
  /// - Parameters:
  ///   - list: the file with the names of the array's runs, one a line.
  ///   - task: the number of the line, from 1, as Slurm says it.
  package mutating func select(run list: URL, task: String?) throws {
    let name = try SlurmSubmission.run(of: list, task: task)
    guard let run = try runs.first(where: { try $0.runName == name }) else {
      throw UserError(
        path: list.path,
        problem:
          "names the run \(printable(name)), which is not one of \(sweep.file) any more; submit the "
          + "sweep again")
    }
    (runs, addsToPlan, isPart) = ([run], true, true)
  }

  /// Whether one of the runs has failed too often to be tried again.
  package func isHopeless() throws -> Bool {
    let claims = SweepFolder(output).claims
    return try runs.contains {
      RunFailures.read(of: try $0.runName, in: claims).lastWord != nil
    }
  }

  private var logs: URL { output.appending(path: "logs") }

  /// Checks what is stored and saves the plan.
  /// - Returns: the runs that are not done.
  private func plannedRuns(besides others: [ClaimFolder.Standing]) throws -> [RunFolder] {
    let stored = try stored(besides: others)
    try savePlan(stored.kept, adding: addsToPlan || !others.isEmpty)
    return stored.pending
  }

  private func write(
    _ submission: SlurmSubmission, _ arrays: [SlurmArray], _ request: SlurmRequest,
    _ words: SlurmWords
  ) throws {
    func save(_ script: SlurmScript) throws {
      try AtomicFile.write(
        script.text(sweep: sweep.name, logs: logs.absoluteURL),
        to: submission.file("\(script.kind).sh"))
    }
    try save(
      SlurmScript(
        kind: "prepare",
        comment: "Checks the data and renders stand-ins once, before any run starts.",
        directives: SlurmArray.small(request),
        body: SlurmScript.command(words.sweep + ["--prepare"])))
    for array in arrays {
      let list = submission.file("\(array.kind).txt")
      try AtomicFile.write(array.runs.map { $0.name + "\n" }.joined(), to: list)
      try save(array.script(request, words.sweep, list: list.absoluteURL.path))
    }
    try save(
      SlurmScript(
        kind: "report", comment: "Makes tables and figures of all runs that are done by then.",
        directives: SlurmArray.small(request), body: SlurmScript.command(words.report)))
    try AtomicFile.write(Self.submitText(arrays), to: submission.file("submit.sh"))
  }

  /// The same as `queue` for those who submit by hand.
  private static func submitText(_ arrays: [SlurmArray]) -> String {
    let names = arrays.indices.map { "train\($0 + 1)" }
    let lines = zip(names, arrays).map {
      "\($0)=$(sbatch --parsable --dependency=afterok:\"${prepare%%;*}\" --kill-on-invalid-dep=yes \($1.kind).sh) || exit"
    }
    return """
      #!/bin/bash
      # Submits the scripts of this folder, each after those that it needs.
      cd "$(dirname "$0")" || exit
      prepare=$(sbatch --parsable prepare.sh) || exit
      \(lines.joined(separator: "\n"))
      sbatch --dependency=afterany:\(names.map { "\"${\($0)%%;*}\"" }.joined(separator: ":")) report.sh

      """
  }

  /// Submits the scripts. What was queued is canceled if Slurm refuses one.
  /// - Parameter earlier: arrays that are still in the queue, for which the report waits, too.
  private func queue(
    _ submission: SlurmSubmission, _ arrays: [SlurmArray], after earlier: Set<Substring>
  ) throws -> [String] {
    var (jobs, record) = ([String](), SlurmSubmission.Record())
    do {
      let prepare = try SlurmCommand.submit(submission.file("prepare.sh"))
      jobs.append(prepare)
      for array in arrays {
        let job = try SlurmCommand.submit(
          submission.file("\(array.kind).sh"), dependency: "afterok:\(prepare)")
        jobs.append(job)
        record.arrays.append(.init(job: job, runs: array.runs.map(\.name)))
        try submission.save(record)
      }
      let all = record.arrays.map(\.job) + earlier.sorted().map(String.init)
      jobs.append(
        try SlurmCommand.submit(
          submission.file("report.sh"), dependency: "afterany:\(all.joined(separator: ":"))"))
      return jobs
    } catch {
      SlurmCommand.cancel(jobs)
      throw error
    }
  }

  private func localDiskWarning() -> String? {
    let here = ProcessIdentity.current.host.prefix { $0 != "." }
    let others = SlurmCommand.nodes().filter {
      $0.prefix { $0 != "." } != here && $0 != "localhost"
    }
    guard !others.isEmpty, let disk = LocalDisk.name(of: output.path) else { return nil }
    return
      "\(output.path) is on a disk of this machine (\(disk)); runs fail on nodes that do not see it "
      + "under the same path"
  }
}

/// Kinds of disks that other machines do not see unless they are exported.
private enum LocalDisk {
  private static let kinds: Set = [
    "ext2", "ext3", "ext4", "xfs", "btrfs", "zfs", "tmpfs", "overlay",
  ]

  /// The kind of the disk that holds a folder, if it is one of these.
  static func name(of path: String) -> String? {
    guard let mounts = try? String(contentsOfFile: "/proc/self/mounts", encoding: .utf8) else {
      return nil
    }
    var (longest, kind) = ("", "")
    for line in mounts.split(separator: "\n") {
      let fields = line.split(separator: " ")
      guard fields.count > 2, fields[1].count >= longest.count else { continue }
      let isAbove = fields[1] == "/" || path == fields[1] || path.hasPrefix("\(fields[1])/")
      if isAbove { (longest, kind) = (String(fields[1]), String(fields[2])) }
    }
    return kinds.contains(kind) ? kind : nil
  }
}
