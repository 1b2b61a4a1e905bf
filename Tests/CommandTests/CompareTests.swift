import Foundation
import Testing

/// `recallbench compare` on a small CamVid, with cross-entropy as the baseline.
@Suite struct CompareTests {
  private func compare(_ more: String...) -> [String] {
    [
      "compare", "--sweep", "tiny.yml", "--camvid", "camvid", "--baselines", "out", "--output",
      "mine", "--against", "ce",
    ] + more
  }

  private func baselines() throws -> Workplace {
    let place = try Workplace()
    let result = try Command.run(place.sweep(), in: place.url)
    try #require(result.status == 0, "\(result.errors)")
    return place
  }

  @Test func onlyTheNewLossIsTrained() throws {
    let place = try baselines()
    let before = place.runs()
    let result = try Command.run(
      compare("--loss", "focal(gamma: 2)", "--accept-other-code"), in: place.url)
    // The pictures need gnuplot, the comparison does not.
    #expect(result.status == 0 || result.errors.joined().contains("gnuplot is not installed"))
    #expect(result.output.contains("1 cells trained, 0 were done before"))
    #expect(place.runs() == before)
    let runs = place.finishedRuns("mine")
    #expect(runs.count == 1 && runs[0].contains("focal-gamma-2"))
    #expect(result.output.contains("focal(gamma: 2)"))
    let page = try String(contentsOf: place.file("mine/comparison.md"), encoding: .utf8)
    #expect(page.contains("| CamVid, ResNet-18 | ce | mean IoU |"))
    #expect(page.contains("with one seed nothing is known of how trainings differ"))
    let script = try String(contentsOf: place.file("mine/figures/scatter.gp"), encoding: .utf8)
    #expect(script.components(separatedBy: "#D40000").count == 2)

    let again = try Command.run(
      compare("--loss", "focal(gamma: 2)", "--accept-other-code"), in: place.url)
    #expect(again.output.contains("0 cells trained, 1 were done before"))
  }

  /// The same loss under another name differs in nothing: same seed, same bits.
  @Test func aLossThatIsTheBaselineDoesNotDiffer() throws {
    let place = try baselines()
    let result = try Command.run(
      compare("--loss", "focal(gamma: 0)", "--accept-other-code"), in: place.url)
    #expect(result.output.contains("focal(gamma: 0) is not distinguishable from ce."))
  }

  @Test func otherSettingsAreRefusedByName() throws {
    let place = try baselines()
    try place.writeSweep(iterations: 4)
    let result = try Command.run(compare("--loss", "recall", "--accept-other-code"), in: place.url)
    #expect(result.status == 1 && result.errors.count == 1)
    #expect(result.errors[0].contains("training.iterations 4, not 3"))
    #expect(place.runs("mine").isEmpty)
  }

  @Test func otherSeedsAreRefused() throws {
    let place = try baselines()
    let result = try Command.run(
      compare("--loss", "recall", "--seeds", "7", "--accept-other-code"), in: place.url)
    #expect(result.status == 1 && result.errors.count == 1)
    #expect(result.errors[0].contains("no baseline with seed 7"))
  }

  @Test func otherCodeIsRefused() throws {
    let place = try baselines()
    let file = place.file("\(place.runs()[0])/environment.json")
    let text = try String(contentsOf: file, encoding: .utf8)
    let commit = try #require(try /"commit" : "[^"]*"/.firstMatch(in: text))
    try text.replacingCharacters(
      in: commit.range, with: "\"commit\" : \"\(String(repeating: "0", count: 40))\""
    ).write(to: file, atomically: true, encoding: .utf8)
    let result = try Command.run(compare("--loss", "recall"), in: place.url)
    #expect(result.status == 1 && result.errors.count == 1)
    #expect(result.errors[0].contains("commit 000000000 is not in the source tree's history"))
    #expect(result.errors[0].contains("--accept-other-code"))
    #expect(place.runs("mine").isEmpty)
  }

  @Test func otherImagesAreRefused() throws {
    let place = try baselines()
    try place.writeImage("camvid/train/9.png", index: 9)
    try place.writeLabels("camvid/trainannot/9.png", index: 9)
    let result = try Command.run(compare("--loss", "recall", "--accept-other-code"), in: place.url)
    #expect(result.status == 1)
    #expect(result.errors.joined().contains("was made of other training images"))
  }

  @Test func missingBaselinesAreNamed() throws {
    let place = try baselines()
    let unknown = try Command.run(
      compare("--loss", "recall", "--against", "lovasz"), in: place.url)
    #expect(unknown.status == 1 && unknown.errors.count == 1)
    #expect(unknown.errors[0].contains("has no finished run of lovasz; it has ce"))
    let nowhere = try Command.run(
      compare("--loss", "recall", "--baselines", "nowhere"), in: place.url)
    #expect(nowhere.status == 1 && nowhere.errors.count == 1)
    #expect(nowhere.errors[0].contains("nowhere: holds no runs"))
  }
}
