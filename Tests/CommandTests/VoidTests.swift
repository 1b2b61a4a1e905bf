import Datasets
import Experiments
import Foundation
import Testing

/// A stand-in of SYNTHIA with void as a class, from the sweep to the predictions.
@Suite("Void as a class, by the command") struct VoidTests {
  private let place: Workplace

  init() throws {
    place = try Workplace()
    let text = """
      name: void
      seeds: [1]
      backbones: [resnet18]
      losses: [ce]
      network: {width: 0.0625}
      training: {iterations: 3, batch: 2, learning_rate: 1e-3}
      datasets:
        synthia:
          source: rendered
          render: {seed: 1, train: 16, validation: 8, test: 8, height: 32, width: 64}
          size: [32, 64]
          void: counts

      """
    try Data(text.utf8).write(to: place.file("void.yml"))
  }

  private func run(_ arguments: [String]) throws -> String {
    let result = try Command.run(arguments + ["--data-cache", "cache"], in: place.url)
    #expect(result.status == 0 || result.errors.joined().contains("gnuplot is not installed"))
    return result.output
  }

  private func matrix(_ name: String) throws -> [[Int]] {
    let data = try Data(contentsOf: place.file(name))
    let object = try JSONSerialization.jsonObject(with: data) as? [String: Any]
    return try #require(object?["confMatrix"] as? [[Int]])
  }

  @Test func trainsScoresPredictsReportsAndCompares() throws {
    _ = try run(["sweep", "void.yml", "--output", "out"])
    let folder = try #require(place.finishedRuns().first)
    let record = try RunFolder.load(place.file(folder))
    #expect(record.confusion.classes == 14 && record.split.trainClassPixels.count == 14)
    // Every pixel has a class, reserved ids aside, which are not rendered.
    let pixels = record.confusions.reduce(0) { $0 + $1.counts.reduce(0, +) }
    #expect(pixels == record.confusions.count * 32 * 64)
    _ = try run(["evaluate", folder, "--json", "run.json"])
    _ = try run(["predict", "--run", folder, "--output", "written"])
    let cache = try #require(
      FileManager.default.contentsOfDirectory(atPath: place.file("cache").path)
        .first { $0.hasPrefix("synthia-") })
    let predictions = [
      "evaluate", "--dataset", "synthia", "--predictions", "written", "--ground-truth",
      "cache/\(cache)/GT/LABELS", "--partial", "--json", "written.json",
    ]
    _ = try run(predictions + ["--count-void"])
    // By file ids there are rows for the reserved 13 and 14 besides.
    let (own, scored) = (try matrix("run.json"), try matrix("written.json"))
    #expect(own.count == 14 && scored.count == 16)
    let ids = DatasetDescriptor.synthia.countingVoid?.labels.fileIds ?? []
    #expect(ids.map { t in ids.map { scored[t][$0] } } == own)
    _ = try run(["report", "out"])
    let page = try String(contentsOf: place.file("out/tables.md"), encoding: .utf8)
    #expect(page.contains("14 classes, void counted as one"))
    let compared = try run([
      "compare", "--sweep", "void.yml", "--baselines", "out", "--output", "mine", "--against", "ce",
      "--loss", "focal(gamma: 0)", "--accept-other-code",
    ])
    #expect(compared.contains("focal(gamma: 0) - ce is 0.00 points of mean accuracy"))
  }

  @Test func otherDataSetsHaveNone() throws {
    let result = try Command.run(
      [
        "evaluate", "--dataset", "camvid", "--predictions", "camvid/testannot", "--ground-truth",
        "camvid/testannot", "--count-void",
      ], in: place.url)
    #expect(result.status == 1 && result.errors.count == 1)
    #expect(result.errors[0].contains("camvid has no void class that could count"))
  }
}
