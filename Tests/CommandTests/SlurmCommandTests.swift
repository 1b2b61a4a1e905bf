import Foundation
import Testing

/// With programs in place of Slurm's that write down how they were called; `make test-cluster` uses Slurm
/// itself.
@Suite("Sweeps under Slurm, by the command")
struct SlurmCommandTests {
  private let place: Workplace
  private let path: [String: String]

  init() throws {
    place = try Workplace()
    try FileManager.default.createDirectory(
      at: place.file("bin"), withIntermediateDirectories: true)
    let old = ProcessInfo.processInfo.environment["PATH"] ?? ""
    path = ["PATH": "\(place.file("bin").path):\(old)"]
    // Jobs are numbered by the calls so far.
    try stand(in: "sbatch", "echo \"$@\" >> calls; wc -l < calls")
    try stand(in: "squeue", "cat queue 2>/dev/null; true")
    try stand(in: "scancel", "echo cancel \"$@\" >> calls")
    try stand(in: "sinfo", "true")
  }

  private func stand(in name: String, _ script: String) throws {
    let file = place.file("bin/\(name)")
    try Data("#!/bin/sh\n\(script)\n".utf8).write(to: file)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
  }

  private func run(_ more: String..., environment: [String: String]? = nil) throws -> Command.Result
  {
    try Command.run(
      ["sweep", "tiny.yml", "--camvid", "camvid", "--output", "out"] + more, in: place.url,
      environment: environment ?? path)
  }

  private func text(_ name: String) throws -> String {
    try String(contentsOf: place.file(name), encoding: .utf8)
  }

  private var calls: [String] {
    ((try? text("calls")) ?? "").split(separator: "\n").map {
      String($0).replacing(place.url.path + "/", with: "")
    }
  }

  @Test func scriptsAloneNeedNoSlurm() throws {
    try place.writeSweep(losses: "[ce, \"focal(gamma: 2)\"]")
    let empty = ["PATH": place.file("none").path]
    let result = try run(
      "--slurm-script", "--partition", "long", "--sbatch", "qos=high", "--time", "1:00:00",
      "--seeds", "1,2", "--threads", "7", "--report", environment: empty)
    #expect(result.status == 0 && result.errors == [])
    #expect(result.output.hasPrefix("4 runs in scripts: out/slurm/1/; submit them with bash "))
    let script = try text("out/slurm/1/train-1.sh")
    for line in [
      "partition=long", "qos=high", "time=1:00:00", "array=1-4", "requeue", "signal=B:USR1@300",
      "cpus-per-task=1", "mem=5632M", "chdir=\(place.url.path)",
    ] {
      #expect(script.contains("\n#SBATCH --\(line)\n"), "\(line)")
    }
    #expect(
      script.contains(" \\\n  --seeds 1,2 \\\n") && script.contains(" \\\n  --threads 1 \\\n"))
    #expect(!script.contains("--report") && !script.contains("--partition long"))
    #expect(try text("out/slurm/1/train-1.txt").split(separator: "\n").count == 4)
    let scripts = ["train-1", "prepare", "report", "submit"].map { "out/slurm/1/\($0).sh" }
    let checked = try Command(
      ["-n"] + scripts, in: place.url, executable: URL(filePath: "/bin/bash"))
    #expect(try checked.finish().errors == [])
    #expect(calls == [] && !place.exists("out/runs"))
  }

  @Test func missingRunsAreSubmittedOnce() throws {
    try place.writeSweep(losses: "[ce, \"focal(gamma: 2)\"]")
    let first = try run("--slurm")
    #expect(first.status == 0 && first.errors == [])
    #expect(first.output.contains("2 runs submitted: jobs 1, 2, 3; scripts in out/slurm/1/"))
    #expect(
      calls == [
        "--parsable out/slurm/1/prepare.sh",
        "--parsable --dependency=afterok:1 --kill-on-invalid-dep=yes out/slurm/1/train-1.sh",
        "--parsable --dependency=afterany:2 --kill-on-invalid-dep=yes out/slurm/1/report.sh",
      ])
    // One task is still in the queue; the other one's run has gone from it without being done.
    try Data("2_1\n9_9\n".utf8).write(to: place.file("queue"))
    let second = try run("--slurm")
    #expect(
      second.output.contains("1 run submitted; 1 run queued or running already: jobs 4, 5, 6"))
    #expect(calls.last?.contains("afterany:5:2 ") == true)
    let lists = try ["1", "2"].map {
      try text("out/slurm/\($0)/train-1.txt").split(separator: "\n")
    }
    #expect(lists[1] == [lists[0][1]])
    try Data("2_1\n5_1\n".utf8).write(to: place.file("queue"))
    #expect(try run("--slurm").output.contains("no run to submit; 2 runs queued or running"))
    #expect(calls.count == 6)
  }

  @Test func refusedJobCancelsThoseBeforeIt() throws {
    try stand(
      in: "sbatch",
      "echo \"$@\" >> calls; case \"$*\" in *train*) echo 'sbatch: error: Batch job submission failed: no'"
        + " >&2; exit 1;; esac; wc -l < calls")
    let result = try run("--slurm")
    #expect(result.status == 1 && result.errors.count == 1)
    #expect(
      result.errors.first?.hasSuffix(
        "train-1.sh: sbatch refused it: Batch job submission failed: no; nothing was submitted")
        == true)
    #expect(calls.last == "cancel 1")
    #expect(!place.exists("out/slurm/1/submitted.json"))
  }

  @Test func queueThatDoesNotAnswerStopsASecondSubmission() throws {
    #expect(try run("--slurm").status == 0)
    try stand(in: "squeue", "echo 'slurm_load_jobs error: Unable to contact' >&2; exit 1")
    let result = try run("--slurm")
    #expect(result.status == 1 && calls.count == 3)
    #expect(result.errors.first?.contains("squeue does not say what is queued: ") == true)
  }

  @Test func withoutSlurmALineSaysSo() throws {
    let result = try run("--slurm", environment: ["PATH": place.file("none").path])
    #expect(result.status == 1)
    #expect(
      result.errors == [
        "error: sbatch is not on the path: run this on a machine from which jobs are submitted to Slurm, or "
          + "write the scripts alone with --slurm-script"
      ])
  }

  @Test(arguments: [
    (["--partition", "x"], "need --slurm"), (["--slurm", "--cpus", "0"], "--cpus must be"),
    (["--slurm", "--sbatch", "qos"], "takes KEY=VALUE"),
    (["--slurm", "--mem", "4 G"], "contains spaces"),
    (["--slurm", "--time", "1\n#SBATCH --x"], "contains spaces"),
    (["--slurm-task", "list"], "SLURM_ARRAY_TASK_ID"),
  ])
  func mistakesAreOneLine(options: [String], expected: String) throws {
    let arguments = ["sweep", "tiny.yml", "--camvid", "camvid", "--output", "out"] + options
    let result = try Command.run(arguments, in: place.url, environment: path)
    #expect([1, 64].contains(result.status) && result.errors.count == 1)
    #expect(result.errors.first?.contains(expected) == true, "\(result.errors)")
    #expect(calls == [])
  }

  @Test func taskTrainsTheRunOfItsLine() throws {
    try place.writeSweep(losses: "[ce, \"focal(gamma: 2)\"]")
    #expect(try run("--slurm-script").status == 0)
    let list = "out/slurm/1/train-1.txt"
    let second = try text(list).split(separator: "\n")[1]
    let task = path.merging(["SLURM_ARRAY_TASK_ID": "2"]) { $1 }
    let result = try run("--slurm-task", list, environment: task)
    #expect(result.status == 0)
    #expect(place.finishedRuns() == ["out/runs/\(second)"])
    let beyond = path.merging(["SLURM_ARRAY_TASK_ID": "3"]) { $1 }
    #expect(
      try run("--slurm-task", list, environment: beyond).errors.first?.contains("no line 3") == true
    )
    let gone = try run("--slurm-task", "gone/train-1.txt", environment: task)
    #expect(gone.errors.first?.contains("gone/train-1.txt: cannot be seen on ") == true)
    let status = try Command.run(["status", "out"], in: place.url)
    #expect(
      status.output.contains("done      camvid") && status.output.contains("1 done, 1 waiting"))
  }

  /// The first time, status 75 has the script try again; after the second, it is over.
  @Test func taskThatFailsTwiceForOneReasonHasFailed() throws {
    #expect(try run("--slurm-script").status == 0)
    let list = "out/slurm/1/train-1.txt"
    let task = path.merging(["SLURM_ARRAY_TASK_ID": "1"]) { $1 }
    let arguments = place.sweep("--slurm-task", list)
    for expected: Int32 in [75, 1, 1] {
      let result = try Command.run(arguments, in: place.url, limit: 20, environment: task)
      #expect(result.status == expected, "\(result)")
    }
    let status = try Command.run(["status", "out"], in: place.url)
    #expect(status.output.contains("FAILED    camvid") && status.output.contains("1 failed"))
    // Whoever types the command wants it tried again.
    #expect(try run("--slurm-script").status == 0)
    #expect(try Command.run(arguments, in: place.url, environment: task).status == 0)
  }
}
