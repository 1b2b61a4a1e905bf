import Datasets
import Foundation
import Testing

@Suite("Predictions of a run, by the command")
struct PredictTests {
  private let place: Workplace

  init() throws { place = try Workplace() }

  private func run(_ arguments: [String]) throws -> String {
    let result = try Command.run(arguments, in: place.url)
    #expect(result.status == 0, "\(result.errors)")
    return result.output
  }

  private func lastLine(_ output: String) -> [Substring] {
    output.split(separator: "\n").last?.split(separator: " ") ?? []
  }

  /// Trains the one run of the sweep.
  private func trained() throws -> String {
    _ = try run(place.sweep())
    return try #require(place.finishedRuns().first)
  }

  @Test func atTheEvaluatedSizeTheyScoreWhatTheRunStored() throws {
    // With a band of void.
    try place.writeLabels("camvid/testannot/1.png", index: 5)
    let run = try trained()
    _ = try self.run(
      [
        "predict", "--run", run, "--dataset", "camvid", "--camvid", "camvid", "--output", "written",
        "--overlays", "--threads", "2",
      ])
    #expect(place.exists("written/0.png") && place.exists("written/1.png"))
    let stored = try self.run(["evaluate", run, "--camvid", "camvid", "--json", "run.json"])
    let scored = try self.run(
      [
        "evaluate", "--dataset", "camvid", "--predictions", "written", "--ground-truth",
        "camvid/testannot", "--json", "predictions.json",
      ])
    #expect(lastLine(stored).count == 5)
    #expect(lastLine(stored) == lastLine(scored))
    // By training ids there is no twelfth row for void; the rest is the same.
    let (a, b) = (try matrix("run.json"), try matrix("predictions.json"))
    #expect(a.count == 11 && b.count == 12)
    #expect(b.prefix(11).map { Array($0.prefix(11)) } == a)
    #expect(b.allSatisfy { $0[11] == 0 })
    #expect(b[11].reduce(0, +) > 0)
    let (image, ids) = (
      try PNG.readColor(place.file("camvid/test/1.png")),
      try LabelTable.camvid.readIds(place.file("written/1.png"))
    )
    #expect(
      try PNG.readColor(place.file("written/overlays/1.png"))
        == LabelTable.camvid.overlay(ids, on: image))
  }

  private func matrix(_ name: String) throws -> [[Int]] {
    let object =
      try JSONSerialization.jsonObject(with: Data(contentsOf: place.file(name))) as? [String: Any]
    return try #require(object?["confMatrix"] as? [[Int]])
  }

  /// Scored at the files' own size, the run has what `evaluate` finds in the predictions' files.
  @Test func atTheFilesSizeTheyScoreWhatTheRunStored() throws {
    for index in 0..<2 {
      try place.writeImage("camvid/test/\(index).png", index: index, height: 45 + index, width: 70)
      try place.writeLabels(
        "camvid/testannot/\(index).png", index: index, height: 45 + index, width: 70)
    }
    let text = try String(contentsOf: place.file("tiny.yml"), encoding: .utf8)
    try Data(text.replacing("size: [32, 32]", with: "size: [32, 32], evaluate_size: files").utf8)
      .write(to: place.file("tiny.yml"))
    let run = try trained()
    _ = try self.run(["predict", "--run", run, "--camvid", "camvid", "--output", "written"])
    let stored = try self.run(["evaluate", run, "--camvid", "camvid", "--json", "run.json"])
    #expect(stored.contains(", scored at the files' own size, 2 images"))
    _ = try self.run(
      [
        "evaluate", "--dataset", "camvid", "--predictions", "written", "--ground-truth",
        "camvid/testannot", "--json", "predictions.json",
      ])
    let (a, b) = (try matrix("run.json"), try matrix("predictions.json"))
    #expect(b.prefix(11).map { Array($0.prefix(11)) } == a)
    let pixels: [Int] = a.flatMap { $0 } + b[11]
    #expect(pixels.reduce(0, +) == 91 * 70)
    let input = try self.run(["evaluate", run, "--camvid", "camvid", "--evaluate-size", "input"])
    #expect(input.contains("test split, scored at 32x32, 2 images"))
    _ = try self.run(["report", "out"])
    let tables = try String(contentsOf: place.file("out/tables.md"), encoding: .utf8)
    #expect(tables.contains("; input 32x32; scored at the files' own size;"))
  }

  @Test func theyHaveTheSizeOfTheImages() throws {
    try place.writeImage("camvid/test/1.png", index: 1, height: 48, width: 40)
    try place.writeLabels("camvid/testannot/1.png", index: 1, height: 48, width: 40)
    let run = try trained()
    _ = try self.run(["predict", "--run", run, "--camvid", "camvid", "--output", "written"])
    let ids = try LabelTable.camvid.readIds(place.file("written/1.png"))
    #expect(ids.height == 48 && ids.width == 40)
    #expect(ids.ids.allSatisfy { $0 < 11 })
    #expect(!place.exists("written/overlays"))
    _ = try self.run(
      [
        "evaluate", "--dataset", "camvid", "--predictions", "written", "--ground-truth",
        "camvid/testannot",
      ])
  }

  @Test func splitAndLimitChooseTheImages() throws {
    let run = try trained()
    _ = try self.run(
      [
        "predict", "--run", run, "--camvid", "camvid", "--output", "written", "--split", "train",
        "--limit", "2",
      ])
    let names = try FileManager.default.contentsOfDirectory(atPath: place.file("written").path)
    #expect(names.sorted() == ["0.png", "2.png"])
  }

  @Test func cityscapesPredictionsHaveOfficialNames() throws {
    let text = """
      name: tiny
      seeds: [1]
      backbones: [resnet18]
      losses: [ce]
      network: {width: 0.0625}
      training: {iterations: 2, batch: 2, learning_rate: 1e-3, checkpoint: last}
      datasets:
        cityscapes: {source: real, size: [32, 64], augmentation: flip}

      """
    try Data(text.utf8).write(to: place.file("tiny.yml"))
    _ = try run(
      [
        "data", "render", "cityscapes", "-o", "streets", "--train", "2", "--validation", "2",
        "--height", "64", "--width", "128",
      ])
    _ = try run(["sweep", "tiny.yml", "--cityscapes", "streets", "--output", "out"])
    let trained = try #require(place.finishedRuns().first)
    // Test images have no labels.
    let (val, test) = (
      place.file("streets/leftImg8bit/val"), place.file("streets/leftImg8bit/test")
    )
    try FileManager.default.copyItem(at: val, to: test)
    for split in ["validation", "test"] {
      let output = try run(
        [
          "predict", "--run", trained, "--cityscapes", "streets", "--output", split, "--split",
          split, "--overlays",
        ])
      #expect(output.hasPrefix("2 predictions of cityscapes resnet18 ce s1: "))
      let names = try FileManager.default.contentsOfDirectory(atPath: place.file(split).path)
      #expect(names.filter { $0.hasSuffix("_pred_labelIds.png") }.count == 2)
      // Overlays below the same folder are no second predictions.
      let scored = try Command.run(
        [
          "evaluate", "--dataset", "cityscapes", "--predictions", split, "--ground-truth",
          "streets/gtFine/val",
        ], in: place.url)
      #expect(scored.status == 0, "\(scored.errors)")
      #expect(scored.output.hasPrefix("cityscapes, 2 images, pixel accuracy "))
    }
  }

  @Test func anotherDataSetIsTurnedAway() throws {
    let run = try trained()
    let result = try Command.run(
      ["predict", "--run", run, "--dataset", "synthia", "--output", "written"], in: place.url)
    #expect(result.status == 1)
    #expect(
      result.errors == [
        "error: \(run): is a run on camvid; its classes are not those of synthia"
      ])
  }
}
