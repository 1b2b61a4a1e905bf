import Experiments
import Foundation
import Testing

/// `recallbench tune` on a tiny sweep.
@Suite struct TuneTests {
  private let place: Workplace

  init() throws {
    place = try Workplace()
    try write(seeds: "[1]")
  }

  private func write(seeds: String, iterations: Int = 6) throws {
    let text = """
      name: tiny
      seeds: \(seeds)
      backbones: [resnet18]
      losses: [ce, "focal(gamma: 1)"]
      network: {width: 0.0625}
      training: {iterations: \(iterations), batch: 2, learning_rate: 1e-3, validate_every: 2}
      tune:
        learning_rate: [1e-3, 1e-2]
        parameters: {focal: {gamma: [2]}}
        seeds: [5]
      datasets:
        camvid: {source: real, size: [32, 32]}

      """
    try Data(text.utf8).write(to: place.file("tiny.yml"))
  }

  private func tune(_ output: String, _ more: String...) -> [String] {
    ["tune", "tiny.yml", "--camvid", "camvid", "--output", output] + more
  }

  private func searches(_ output: String) throws -> [TunedLoss] {
    try SweepPlan.load(place.file(output))?.tuning ?? []
  }

  private func bytes(_ run: String) throws -> [Data] {
    try ["run.json", "arrays.npz", "weights.safetensors"].map {
      try Data(contentsOf: place.file("\(run)/\($0)"))
    }
  }

  @Test func killedSearchGoesOnAndChoosesAsAnUndisturbedOne() throws {
    let calm = try Command.run(tune("calm"), in: place.url)
    #expect(calm.status == 0, "\(calm.errors)")
    let chosen = try searches("calm")
    #expect(chosen.count == 2 && chosen.allSatisfy { $0.trials.count == 3 && $0.chosen != nil })

    let command = try Command(tune("out", "--checkpoint-every", "0"), in: place.url)
    #expect(command.wait { place.finishedRuns().count >= 2 })
    kill(command.process.processIdentifier, SIGKILL)
    #expect(try command.finish().status == 128 + SIGKILL)
    let finished = place.finishedRuns()
    let before = try finished.map(bytes)

    let again = try Command.run(tune("out"), in: place.url)
    #expect(again.status == 0, "\(again.errors)")
    #expect(try finished.map(bytes) == before)
    #expect(try searches("out") == chosen)
    let names = place.finishedRuns("calm").map { $0.dropFirst("calm".count) }
    #expect(place.finishedRuns().map { $0.dropFirst("out".count) } == names)
    // Six trials with seed 5, and for each loss the fixed and the chosen setting with seed 1.
    #expect(names.count { $0.contains("-s5-") } == 6)
    let total = names.count
    #expect(
      try Command.run(tune("out"), in: place.url).output
        .contains("0 runs trained, \(total) were done before"))
  }

  @Test func committedSearchIsExtendedByASeedAndReported() throws {
    try #require(try Command.run(tune("out"), in: place.url).status == 0)
    try #require(try Command.run(["results", "pack", "out"], in: place.url).status == 0)
    try FileManager.default.removeItem(at: place.file("out/runs"))
    let listed = try Command.run(tune("out", "--keep", "--dry-run"), in: place.url)
    #expect(listed.output.contains("3 trials of each loss; 2 of 2 searches have chosen"))
    #expect(!listed.output.contains("open"))

    let extended = try Command.run(tune("out", "--keep", "--seeds", "1,2"), in: place.url)
    #expect(extended.status == 0, "\(extended.errors)")
    #expect(!place.runs().isEmpty && place.runs().allSatisfy { $0.contains("-s2-") })
    #expect(try searches("out").allSatisfy { $0.seeds == [1, 2] })

    let report = try Command.run(["report", "out"], in: place.url)
    #expect(report.status == 0 || report.errors.joined().contains("gnuplot is not installed"))
    let trials = try String(
      contentsOf: place.file("out/tables/camvid-resnet18-trials.csv"), encoding: .utf8)
    #expect(trials.split(separator: "\n").count { $0.hasPrefix("validation_mean_iou,") } == 6)
    #expect(trials.split(separator: "\n").count { $0.contains("(chosen)") } == 2)
    #expect(place.exists("out/tables/camvid-resnet18-tuned.csv"))
  }

  @Test func sweepSendsAFileWithASearchToTune() throws {
    let result = try Command.run(["sweep", "tiny.yml", "--camvid", "camvid"], in: place.url)
    #expect(result.status == 1)
    #expect(
      result.errors == ["error: tiny.yml: has a 'tune' section; use recallbench tune tiny.yml"])
  }
}
