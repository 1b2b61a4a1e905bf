import Datasets
import Experiments
import Files
import Foundation
import TestSupport
import Testing

/// `evaluate_size` in sweep files.
@Suite struct EvaluateSizeTests {
  private static let own = """
      leaves:
        source: folders
        size: [32, 32]
        folders:
          images: {train: a, test: b}
          labels: {train: c, test: d}
          label_type: gray
          classes: [{id: 0, name: soil}, {id: 1, name: leaf}]
    """

  private func data(
    _ section: String, _ overrides: SweepOverrides = SweepOverrides()
  ) throws -> DataConfiguration {
    let head = SweepFileTests.text.components(separatedBy: "datasets:")[0]
    var sweep = try Sweep(yaml: head + "datasets:\n" + section, file: "t.yml")
    try sweep.apply(overrides)
    return try #require(sweep.runs.first).data
  }

  private func real(_ name: String, _ size: String = "") throws -> DataConfiguration {
    var overrides = SweepOverrides()
    overrides.paths = [DatasetName(rawValue: name): URL(filePath: "/data")]
    return try data("  \(name): {source: real, size: [32, 64]\(size)}\n", overrides)
  }

  /// Cityscapes and users' own data: labels are never resized. The others as in their literature.
  @Test func defaultIsTheDataSetsConvention() throws {
    #expect(try real("cityscapes").scoredSize == .files)
    #expect(try data(Self.own).scoredSize == .files)
    #expect(try real("camvid").scoredSize == nil)
    #expect(try real("synthia").scoredSize == nil)
  }

  @Test func sweepFileDecides() throws {
    #expect(try real("camvid", ", evaluate_size: files").scoredSize == .files)
    #expect(try real("cityscapes", ", evaluate_size: input").scoredSize == nil)
    let given = try real("cityscapes", ", evaluate_size: [64, 128]")
    #expect(!given.seesWholeFiles)
    #expect(given.scoredSize == nil && given.evaluateHeight == 64 && given.evaluateWidth == 128)
    #expect(given.scoredAt == "64x128")
    #expect(try data(Self.own + "\n    evaluate_size: input\n").scoredSize == nil)
  }

  /// Real data that take the place of a stand-in follow their convention, unless the file decides.
  @Test func standInsAreScoredAtTheInputSize() throws {
    let section = """
        cityscapes:
          source: rendered
          render: {seed: 3, train: 16, validation: 8, test: 16, height: 64, width: 128}
          size: [32, 64]

      """
    #expect(try data(section).scoredSize == nil)
    var overrides = SweepOverrides()
    overrides.paths = [.cityscapes: URL(filePath: "/data")]
    #expect(try data(section, overrides).scoredSize == .files)
    let input = section + "    evaluate_size: input\n"
    #expect(try data(input, overrides).scoredSize == nil)
    #expect(try data(section + "    evaluate_size: files\n").scoredSize == .files)
  }

  /// The size of the network's input is what runs of earlier versions were scored at: nil, and so the
  /// same digest.
  @Test func inputSizeAddsNothingToAConfiguration() throws {
    let plain = exampleConfiguration()
    let json = String(decoding: try CanonicalJSON.encode(plain), as: UTF8.self)
    #expect(!json.contains("scoredSize"))
    var files = plain
    files.data.scoredSize = .files
    #expect(try files.digest != plain.digest)
    #expect(files.differences(from: plain) == ["data.scoredSize files, not none"])
    #expect(plain.data.scoredText == "scored at 32x64")
    #expect(files.data.scoredText == "scored at the files' own size")
  }

  @Test(arguments: [
    ("file", "evaluate_size must be files, input, or [height, width] in pixels, not 'file'"),
    ("[64]", "evaluate_size must be [height, width] in pixels, not a list"),
    ("[64, 8]", "evaluate_size must be a whole number from 16 to 4096"),
    ("{a: 1}", "evaluate_size must be [height, width] in pixels, not a mapping"),
  ])
  func mistakesAreNamed(value: String, message: String) {
    let error = failure { _ = try real("camvid", ", evaluate_size: \(value)") } ?? ""
    #expect(error.hasPrefix("t.yml:8:") && error.contains(message), "\(error)")
  }

  /// Boundaries of images that are scored at their own size are as wide as each image demands.
  @Test func smallInputsDoNotKeepFilesFromHavingBoundaries() throws {
    let head = SweepFileTests.text.components(separatedBy: "datasets:")[0]
    func sweep(_ size: String) throws -> Sweep {
      try Sweep(
        yaml: head
          + "evaluate: {boundary: true}\ndatasets:\n  camvid: {source: real, size: [16, 16]"
          + ", evaluate_size: \(size)}\n", file: "t.yml")
    }
    _ = try sweep("files")
    #expect(failure { _ = try sweep("input") }?.contains("less than one pixel") == true)
  }
}
