import Foundation
import TestSupport
import Testing

/// Examples of docs/sweep-file.md, run as they stand.
@Suite struct SweepFilePageRunTests {
  /// The first one, and those with an optimizer or crops.
  @Test func theExamplesRun() throws {
    let place = try Workplace()
    let sweeps = try SweepFilePage().sweeps
    let chosen = sweeps.enumerated().filter { number, text in
      number == 0
        || !text.contains("settings:")
          && ["optimizer: sgd", "adamw", "scale: ["].contains { text.contains($0) }
    }
    #expect(chosen.count == 4)
    for (number, text) in chosen {
      try Data(text.utf8).write(to: place.file("\(number).yml"))
      let losses = number == 0 ? [] : ["--losses", "ce"]
      let command = try Command(
        ["sweep", "\(number).yml", "--output", "out\(number)"] + losses, in: place.url)
      let result = try command.finish(within: 600)
      #expect(result.status == 0 && result.errors == [], "\(text)")
      #expect(place.finishedRuns("out\(number)").count == (number == 0 ? 2 : 1))
    }
  }

  /// An interrupted run with momentum, a schedule and crops goes on to the same bytes.
  @Test func aKilledRunEndsAsAnUndisturbedOne() throws {
    let place = try Workplace()
    let text = """
      name: mine
      seeds: [1]
      backbones: [resnet18]
      losses: [ce]
      network: {width: 0.0625}
      training:
        {iterations: 60, batch: 2, learning_rate: 0.02, optimizer: sgd, momentum: 0.9,
         nesterov: true, weight_decay: 1e-4, schedule: polynomial, warmup: 10}
      datasets:
        camvid:
          source: real
          path: camvid
          size: [32, 32]
          augmentation: {scale: [0.5, 2], flip: true}
      """
    try Data(text.utf8).write(to: place.file("mine.yml"))
    let calm = try Command.run(["sweep", "mine.yml", "--output", "calm"], in: place.url)
    #expect(calm.status == 0, "\(calm.errors)")
    let arguments = ["sweep", "mine.yml", "--output", "out", "--checkpoint-every", "0"]
    let command = try Command(arguments, in: place.url)
    #expect(
      command.wait { place.runs().contains { place.exists("\($0)/checkpoint.safetensors") } })
    kill(command.process.processIdentifier, SIGKILL)
    #expect(try command.finish().status == 128 + SIGKILL)
    #expect(place.finishedRuns().isEmpty)
    #expect(try Command.run(arguments, in: place.url).status == 0)
    let run = try #require(place.finishedRuns("calm").first).replacing("calm/", with: "")
    for file in ["weights.safetensors", "arrays.npz"] {
      #expect(
        try Data(contentsOf: place.file("out/\(run)/\(file)"))
          == Data(contentsOf: place.file("calm/\(run)/\(file)")))
    }
  }
}
