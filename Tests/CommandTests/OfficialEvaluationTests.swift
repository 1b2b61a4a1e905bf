import Datasets
import Foundation
import Testing

/// `evaluate` against stored results of the official Cityscapes evaluation
/// (`Fixtures/cityscapes/make_reference.py`), digit by digit.
@Suite("The official Cityscapes evaluation")
struct OfficialEvaluationTests {
  private static let tests = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent()
  /// Real label files beside the checkout; not part of it.
  private static let sample = tests.deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "shared/data/cityscapes-sample/gtFine/val")
  private static var hasSample: Bool { FileManager.default.fileExists(atPath: sample.path) }

  private let place: Workplace

  init() throws { place = try Workplace() }

  private func official(_ name: String) throws -> [String: Any] {
    try object(Self.tests.appending(path: "Fixtures/cityscapes/\(name).json"))
  }

  private func object(_ file: URL) throws -> [String: Any] {
    try #require(
      try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
  }

  private func evaluate(_ truth: String, _ more: String...) throws -> [String: Any] {
    let result = try Command.run(
      [
        "evaluate", "--dataset", "cityscapes", "--predictions", "predictions", "--ground-truth",
        truth, "--json", "scores.json", "--force",
      ] + more, in: place.url)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors == [])
    return try object(place.file("scores.json"))
  }

  /// Where the second differs from what the first holds; the second may hold more.
  private func differences(_ expected: Any?, _ actual: Any?, at path: String) -> [String] {
    switch (expected, actual) {
    case (let expected as [String: Any], let actual as [String: Any]):
      return expected.keys.sorted().flatMap {
        differences(expected[$0], actual[$0], at: "\(path)/\($0)")
      }
    case (let expected as [Any], let actual as [Any]) where expected.count == actual.count:
      return zip(expected, actual).enumerated().flatMap {
        differences($1.0, $1.1, at: "\(path)/\($0)")
      }
    case (is NSNull, is NSNull): return []
    case (let expected as NSNumber, let actual as NSNumber)
    where expected.doubleValue.bitPattern == actual.doubleValue.bitPattern: return []
    default:
      return [
        "\(path): \(expected.map { "\($0)" } ?? "-"), but here \(actual.map { "\($0)" } ?? "-")"
      ]
    }
  }

  /// Names of the values under a key that are null.
  private func undefined(_ scores: [String: Any], _ key: String) -> Set<String> {
    Set((scores[key] as? [String: Any] ?? [:]).filter { $0.value is NSNull }.keys)
  }

  @Test func comparisonFindsADifference() {
    let expected: [String: Any] = ["a": [1, 0.1], "b": NSNull()]
    #expect(differences(expected, expected, at: "") == [])
    #expect(differences(expected, ["a": [1, 0.1.nextUp], "b": NSNull()], at: "").count == 1)
    #expect(differences(expected, ["a": [1, 0.1], "b": 0], at: "").count == 1)
    #expect(differences(expected, ["a": [1]], at: "").count == 2)
  }

  @Test func syntheticLabelsScoreAsThere() throws {
    try CityscapesRules.write(to: place.url)
    let expected = try official("synthetic")
    let actual = try evaluate("val")
    #expect(differences(expected, actual, at: "") == [])
    // The case is one in which the policies show.
    let ignored = LabelTable.cityscapes.ignored.map { LabelTable.cityscapes.names[$0] }
    #expect(undefined(expected, "classScores") == Set(ignored + ["wall", "terrain"]))
    #expect((expected["classScores"] as? [String: Any])?["bus"] as? Double == 0)
    #expect(expected.count == 11)
  }

  @Test func averagesOverImagesAreOptIn() throws {
    try CityscapesRules.write(to: place.url)
    let arguments = [
      "evaluate", "--dataset", "cityscapes", "--predictions", "predictions", "--ground-truth",
      "val",
    ]
    let plain = try Command.run(arguments, in: place.url)
    let result = try Command.run(arguments + ["--fine-grained"], in: place.url)
    #expect(result.output.hasPrefix(plain.output))
    let added = result.output.dropFirst(plain.output.count).split(separator: "\n")
    #expect(added.count == 8 && added[2].hasPrefix("per image (I)"), "\(added)")
  }

  @Test func threadsAndFoldersDoNotMatter() throws {
    try CityscapesRules.write(to: place.url)
    _ = try evaluate("val", "--threads", "1")
    let first = try Data(contentsOf: place.file("scores.json"))
    _ = try evaluate(place.file("val/town").path, "--threads", "3")
    #expect(try Data(contentsOf: place.file("scores.json")) == first)
  }

  @Test(.enabled(if: hasSample, "needs shared/data/cityscapes-sample beside the checkout"))
  func realLabelsScoreAsThere() throws {
    try FileManager.default.createDirectory(
      at: place.file("predictions"), withIntermediateDirectories: true)
    let folder = Self.sample.appending(path: "frankfurt")
    let ending = "_gtFine_labelIds.png"
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(ending) }.sorted()
    #expect(names.count == 15)
    for (index, name) in names.enumerated() {
      let labels = try LabelTable.cityscapes.readIds(folder.appending(path: name))
      try LabelTable.cityscapes.write(
        CityscapesRules.imperfect(labels, index),
        to: place.file("predictions/\(name.dropLast(ending.count))_pred_labelIds.png"))
    }
    let actual = try evaluate(Self.sample.path)
    #expect(differences(try official("sample"), actual, at: "") == [])
  }

  @Test func everyImageIsScoredByItself() throws {
    try CityscapesRules.write(to: place.url)
    let all = try evaluate("val", "--per-image", "images.csv")
    let images = try #require(all["perImage"] as? [[String: Any]])
    #expect(images.map { $0["name"] as? String } == CityscapesRules.frames)
    // Each as if it were alone.
    for (index, frame) in CityscapesRules.frames.enumerated() {
      let alone = place.file("alone-\(index)")
      try FileManager.default.createDirectory(at: alone, withIntermediateDirectories: true)
      for kind in ["labelIds", "instanceIds"] {
        try FileManager.default.copyItem(
          at: place.file("val/town/\(frame)_gtFine_\(kind).png"),
          to: alone.appending(path: "\(frame)_gtFine_\(kind).png"))
      }
      let one = try evaluate("alone-\(index)")
      let shared = images[index].filter { $0.key != "name" }
      #expect(shared.keys.sorted() == ["classes", "confMatrix", "mean", "pixelAccuracy", "pixels"])
      #expect(differences(shared, one, at: "") == [])
    }
    let rows = try String(contentsOf: place.file("images.csv"), encoding: .utf8)
      .split(separator: "\n")
    #expect(rows.count == 1 + 3 * 20)
    #expect(
      rows[0]
        == "image,class,true_pixels,predicted_pixels,accuracy,iou,precision,recall,dice,f1")
    let mean = try #require(images[2]["mean"] as? [String: Any])
    let last = rows[60].split(separator: ",")
    #expect(last.prefix(2) == ["town_000002_000019", "mean"])
    // JSONSerialization itself reads some numbers of 17 digits a few units off in the last place.
    for (column, key) in [(5, "iou"), (7, "accuracy"), (9, "dice")] {
      let inJSON = try #require(mean[key] as? Double)
      #expect(abs(try #require(Double(last[column])) - inJSON) < 1e-15)
    }
    #expect(rows[4].hasPrefix("town_000000_000019,wall,0,0,,,,,,"))
  }

  @Test func withoutInstanceImagesTheirScoresAreLeftOutAndThatIsSaid() throws {
    try CityscapesRules.write(to: place.url, instances: false)
    let result = try Command.run(
      [
        "evaluate", "--dataset", "cityscapes", "--predictions", "predictions", "--ground-truth",
        "val", "--json", "scores.json",
      ], in: place.url)
    #expect(result.status == 0)
    #expect(
      result.errors == [
        "warning: no *_gtFine_instanceIds.png in val: instance-weighted IoU is left out"
      ])
    #expect(!result.output.contains("iIoU"))
    let instanceKeys = [
      "classInstScores", "categoryInstScores", "averageScoreInstClasses",
      "averageScoreInstCategories",
    ]
    let actual = try object(place.file("scores.json"))
    #expect(instanceKeys.allSatisfy { actual[$0] == nil })
    let expected = try official("synthetic").filter { !instanceKeys.contains($0.key) }
    #expect(differences(expected, actual, at: "") == [])
  }
}
