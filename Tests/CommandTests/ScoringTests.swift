import Datasets
import Foundation
import Testing

/// `evaluate --predictions` and `predict`, right and wrong.
@Suite("Scoring predictions, by the command")
struct ScoringTests {
  private let place: Workplace

  init() throws { place = try Workplace() }

  private func evaluate(_ dataset: String = "cityscapes", _ more: String...) -> [String] {
    [
      "evaluate", "--dataset", dataset, "--predictions", "predictions", "--ground-truth", "val",
    ] + more
  }

  private func problem(_ arguments: [String]) throws -> String {
    let result = try Command.run(arguments, in: place.url)
    #expect(result.status == 1)
    #expect(result.errors.count == 1, "\(result.errors)")
    let line = result.errors.first ?? ""
    #expect(line.hasPrefix("error: "))
    return line
  }

  private func writeIds(
    _ path: String, _ ids: [UInt8], width: Int, of dataset: LabelTable
  ) throws {
    let file = place.file(path)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try dataset.write(LabelImage(height: ids.count / width, width: width, ids: ids), to: file)
  }

  /// Red, red, green, green as indices into [red, green] and into [green, red].
  @Test func palettesThatContradictEachOtherAreRefused() throws {
    let (first, second) = (
      "iVBORw0KGgoAAAANSUhEUgAAAAQAAAABCAMAAADO4v//AAAABlBMVEX/AAAA/wDSh+9xAAAADUlEQVR4nGNgYGBkBAAACAADLP7ROgAAAABJRU5ErkJggg==",
      "iVBORw0KGgoAAAANSUhEUgAAAAQAAAABCAMAAADO4v//AAAABlBMVEUA/wD/AADRm0quAAAADUlEQVR4nGNgZGRgAAAADAADnY9AFQAAAABJRU5ErkJggg=="
    )
    func write(_ path: String, _ base64: String) throws {
      try FileManager.default.createDirectory(
        at: place.file(path).deletingLastPathComponent(), withIntermediateDirectories: true)
      try #require(Data(base64Encoded: base64)).write(to: place.file(path))
    }
    try write("val/0.png", first)
    try write("predictions/0.png", first)
    #expect(try Command.run(evaluate("camvid"), in: place.url).status == 0)
    try write("predictions/0.png", second)
    let line = try problem(evaluate("camvid"))
    #expect(line.contains("its palette has another color at index 0 than that of"))
    #expect(line.contains("predictions/0.png") && line.contains("val/0.png"))
  }

  /// What is done to the files of a sound case.
  enum Damage: String, CaseIterable {
    case missing, second, otherSize, unknownId, trainIds, truncated, notPNG, color
    case truthDamaged, truthUnknownId, instancesMissing, instancesOfOtherSize, instancesUnknown
  }

  private let prediction = "predictions/town_000000_000019_anything.png"
  private let truth = "val/town/town_000000_000019_gtFine_labelIds.png"
  private let instances = "val/town/town_000000_000019_gtFine_instanceIds.png"

  /// - Returns: what the one line must contain.
  private func inflict(_ damage: Damage) throws -> [String] {
    func gray(_ path: String, _ id: UInt8, width: Int = 80) throws {
      try PNG.writeGray(
        height: 48, width: width, bytes: [UInt8](repeating: id, count: 48 * width),
        to: place.file(path))
    }
    func writeInstances(_ id: UInt16, width: Int = 80) throws {
      try PNG.write(
        PNGImage(
          height: 48, width: width, channels: 1, bitDepth: 16,
          samples: [UInt16](repeating: id, count: 48 * width)), to: place.file(instances))
    }
    switch damage {
    case .missing:
      try FileManager.default.removeItem(at: place.file(prediction))
      return [truth, "no prediction town_000000_000019*.png in "]
    case .second:
      try FileManager.default.copyItem(
        at: place.file(prediction), to: place.file("predictions/more/town_000000_000019.png"))
      return [prediction + ": is a second prediction", "beside more/town_000000_000019.png"]
    case .otherSize:
      try gray(prediction, 7, width: 81)
      return [prediction, "is 81 x 48 pixels, but its label file", "is 80 x 48"]
    case .unknownId:
      try gray(prediction, 34)
      return [prediction, "label id 34 at row 0, column 0", "(0 to 33)"]
    case .trainIds:
      try gray(prediction, 255)
      return [prediction, "label id 255"]
    case .truncated:
      try Data(contentsOf: place.file(prediction)).dropLast(40).write(to: place.file(prediction))
      return [prediction, "damaged PNG file"]
    case .notPNG:
      try Data("no picture".utf8).write(to: place.file(prediction))
      return [prediction, "is not a PNG file"]
    case .color:
      try place.writeImage(prediction, index: 0, height: 48, width: 80)
      return [prediction, "has 3 channels"]
    case .truthDamaged:
      try Data().write(to: place.file(truth))
      return [truth, "is empty"]
    case .truthUnknownId:
      try gray(truth, 99)
      return [truth, "label id 99"]
    case .instancesMissing:
      try FileManager.default.removeItem(at: place.file(instances))
      return [truth, "has no _instanceIds.png next to it"]
    case .instancesOfOtherSize:
      try writeInstances(26001, width: 79)
      return [instances, "is 79 x 48 pixels"]
    case .instancesUnknown:
      try writeInstances(7001)
      return [instances, "contains the instance id 7001"]
    }
  }

  @Test(arguments: Damage.allCases)
  func damagedFileIsNamedInOneLine(damage: Damage) throws {
    try CityscapesRules.write(to: place.url)
    #expect(try Command.run(evaluate(), in: place.url).status == 0)
    let expected = try inflict(damage)
    let line = try problem(evaluate("cityscapes", "--json", "scores.json"))
    for part in expected { #expect(line.contains(part), "\(line)") }
    #expect(!place.exists("scores.json"))
  }

  @Test func partialScoresWhatThereIsAndSaysSo() throws {
    try CityscapesRules.write(to: place.url)
    try FileManager.default.removeItem(at: place.file(prediction))
    let result = try Command.run(evaluate("cityscapes", "--partial"), in: place.url)
    #expect(result.status == 0)
    #expect(
      result.output.hasPrefix("cityscapes without 1 images lacking a prediction, 2 images, "))
  }

  @Test func foldersThatAreNotThereOrEmpty() throws {
    #expect(try problem(evaluate()).contains("val: no such folder"))
    for folder in ["val", "predictions"] {
      try FileManager.default.createDirectory(
        at: place.file(folder), withIntermediateDirectories: false)
    }
    #expect(try problem(evaluate()).contains("val: is empty"))
    try writeIds("val/a_1_2_gtFine_color.png", [7, 7], width: 1, of: .cityscapes)
    #expect(try problem(evaluate()).contains("predictions: is empty"))
    try writeIds("predictions/a_1_2.png", [7, 7], width: 1, of: .cityscapes)
    #expect(try problem(evaluate()).contains("val: no label file (*_gtFine_labelIds.png)"))
    let output = try problem(["predict", "--run", "nowhere", "--output", "out"])
    #expect(output.contains("nowhere"))
  }

  @Test(arguments: [
    ["evaluate"], ["evaluate", "--dataset", "camvid"],
    ["evaluate", "--predictions", "a", "--ground-truth", "b"],
    ["evaluate", "--dataset", "kitti", "--predictions", "a", "--ground-truth", "b"],
    ["evaluate", "run", "--dataset", "camvid", "--predictions", "a", "--ground-truth", "b"],
    [
      "evaluate", "--dataset", "camvid", "--predictions", "a", "--ground-truth", "b", "--limit",
      "1",
    ],
    ["predict", "--run", "a"], ["predict", "--run", "a", "--output", "b", "--limit", "0"],
    ["predict", "--run", "a", "--output", "b", "--dataset", "kitti"],
  ])
  func usageIsExplained(arguments: [String]) throws {
    let result = try Command.run(arguments, in: place.url)
    #expect(result.status == 64)
    #expect(result.errors.first?.hasPrefix("error: ") == true)
  }

  /// Two scored classes and the ignored id; a void prediction on a scored pixel is a miss.
  @Test(arguments: [LabelTable.camvid, .synthia])
  func scoresTheOtherDataSets(labels: LabelTable) throws {
    let void: UInt8 = labels.dataset == .camvid ? 11 : 0
    let (building, car): (UInt8, UInt8) = labels.dataset == .camvid ? (1, 8) : (2, 8)
    let path = "Stereo_Left/Omni_F/000001.png"
    try writeIds(
      "val/\(path)", [building, building, building, car, car, void], width: 3, of: labels)
    try writeIds(
      "predictions/\(path)", [building, building, void, car, building, car], width: 3, of: labels)
    let result = try Command.run(
      evaluate(labels.dataset.rawValue, "--json", "scores.json"), in: place.url)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors == [])
    let lines = result.output.split(separator: "\n").map {
      $0.split(separator: " ").map(String.init)
    }
    #expect(result.output.hasPrefix("\(labels.dataset), 1 images, pixel accuracy 60.00\n"))
    #expect(lines.contains(["building", "66.67", "50.00", "66.67", "66.67"]))
    #expect(lines.contains(["car", "50.00", "50.00", "100.00", "66.67"]))
    #expect(lines.contains(["road", "-", "-", "-", "-"]))
    #expect(lines.last == ["mean", "58.33", "50.00", "83.33", "66.67"])
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(contentsOf: place.file("scores.json")))
        as? [String: Any])
    #expect(object["averageScoreClasses"] as? Double == 0.5)
    #expect(object["categoryScores"] == nil)
    #expect(object["pixels"] as? Int == 5)
    #expect(
      ((object["perImage"] as? [[String: Any]])?.first?["name"] as? String)
        == String(path.dropLast(4)))
  }
}
