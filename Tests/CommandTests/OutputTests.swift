import Foundation
import Testing

@Suite("Output of the command")
struct OutputTests {
  private let place: Workplace

  init() throws { place = try Workplace() }

  @Test(arguments: [
    [], ["sweep"], ["train"], ["evaluate"], ["report"], ["data", "inspect"], ["data", "render"],
    ["predict"], ["losses"], ["losses", "evaluate"], ["losses", "check"], ["losses", "new"],
    ["export"], ["network", "forward"], ["results", "tensorboard"],
  ])
  func helpGivesAnExample(command: [String]) throws {
    let result = try Command.run(command + ["--help"], in: place.url)
    #expect(result.status == 0)
    #expect(result.output.hasPrefix("OVERVIEW: "))
    // As it was called, so that it can be pasted.
    let example = ([Command.executable.path] + command).joined(separator: " ")
    let joined = result.output.replacing(#/ \\\n +/#, with: " ")
    #expect(joined.contains("\n  \(example)"))
  }

  @Test func lossesShowFormulaAndParameters() throws {
    let result = try Command.run(["losses"], in: place.url)
    let heads = result.output.split(separator: "\n").filter { $0.first?.isLowercase == true }
      .map { $0.prefix { $0 != ":" } }
    #expect(
      heads.prefix(8) == [
        "ce", "weighted_ce", "balanced_ce", "focal", "ohem", "soft_iou", "lovasz", "recall",
      ])
    #expect(result.output.contains("\n  gamma, at least 0, default 1: "))
  }

  @Test func dryRunListsRunsAndTheirState() throws {
    try place.writeSweep(losses: "[ce, recall]")
    #expect(
      try Command.run(place.sweep("--losses", "recall"), in: place.url).status == 0)
    let result = try Command.run(place.sweep("--dry-run"), in: place.url)
    let lines = result.output.split(separator: "\n").map { $0.prefix(31) }
    #expect(
      lines == ["open  camvid resnet18 ce s1  ca", "done  camvid resnet18 recall s1", "2 runs"])
  }

  @Test(arguments: [
    (["--backbone", "resnet18"], "resnet18"),
    (
      ["--architecture", "deeplabv3plus", "--backbone", "resnet18_authors"],
      "deeplabv3plus-resnet18_authors"
    ),
  ])
  func trainedRunEvaluatesToWhatItStored(network: [String], name: String) throws {
    let trained = try Command.run(
      [
        "train", "tiny.yml", "--dataset", "camvid", "--loss", "focal(gamma: 2)", "--iterations",
        "2", "--camvid", "camvid", "--output", "out",
      ] + network, in: place.url)
    #expect(trained.status == 0)
    let run = try #require(place.finishedRuns().first)
    #expect(run.hasPrefix("out/runs/camvid-\(name)-focal-gamma-2-s1-"))
    let evaluated = try Command.run(["evaluate", run, "--camvid", "camvid"], in: place.url)
    #expect(evaluated.status == 0)
    // `mean accuracy 12.34, mean IoU 5.67 percent` against the last line of the table.
    let scores = try #require(
      trained.output.firstMatch(of: /mean accuracy ([0-9.]+), mean IoU ([0-9.]+) percent/))
    let last = evaluated.output.split(separator: "\n").last.map { $0.split(separator: " ") }
    #expect(last?.prefix(3) == ["mean", scores.1, scores.2])
  }

  @Test func renderedStreetsAreReadByInspection() throws {
    let rendered = try Command.run(
      [
        "data", "render", "cityscapes", "-o", "streets", "--train", "2", "--validation", "1",
        "--height", "64", "--width", "128",
      ], in: place.url)
    #expect(rendered.status == 0)
    #expect(rendered.output.contains("| road |"))
    let inspected = try Command.run(
      ["data", "inspect", "cityscapes", "streets", "--json"], in: place.url)
    #expect(inspected.status == 0, "\(inspected.errors)")
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(inspected.output.utf8)) as? [String: Any])
    let splits = try #require(object["splits"] as? [[String: Any]])
    #expect(splits.map { $0["images"] as? Int } == [2, 1, 0])
  }
}
