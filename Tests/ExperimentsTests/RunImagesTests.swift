import Experiments
import TestSupport
import Testing

@Suite("Images of runs that stand beside each other")
struct RunImagesTests {
  private let data = exampleConfiguration().data

  private func split(
    _ names: [String] = ["a", "b"], _ digests: [String]? = ["4x4 1 2", "4x4 3 4"],
    pixels: [Int] = [8, 8]
  ) -> SplitRecord {
    SplitRecord(
      train: names, evaluated: ["c"], trainDigest: names.joined(), evaluatedDigest: "c",
      trainClassPixels: pixels,
      content: digests.map { SplitContent(train: $0, evaluated: ["4x4 5 6"]) })
  }

  private func difference(_ a: SplitRecord, _ b: SplitRecord) -> String? {
    RunImages(data, a).difference(from: RunImages(data, b))
  }

  @Test func sameImagesDoNotDiffer() {
    #expect(difference(split(), split()) == nil)
    // Earlier versions did not record the content.
    #expect(difference(split(), split(["a", "b"], nil)) == nil)
  }

  @Test func whatDiffersIsNamed() {
    #expect(difference(split(), split(["a", "x"])) == "training images (b, not x)")
    #expect(
      difference(split(), split(["a", "b"], ["4x4 1 2", "4x4 3 9"])) == "training labels (b)")
    #expect(
      difference(split(), split(["a", "b"], ["4x4 0 2", "4x4 3 9"]))
        == "training images (a and 1 more)")
    #expect(difference(split(), split(["a", "b"], nil, pixels: [9, 7])) == "training labels")
  }

  /// Another size in training reads the same files; another data set does not.
  @Test func onlyRunsOfTheSameFilesAreCompared() {
    let other = split(["a"], ["4x4 1 9"])
    var (smaller, elsewhere) = (data, data)
    smaller.height = 8
    elsewhere.name = .camvid
    let images = RunImages(data, split())
    #expect(images.difference(from: RunImages(smaller, other)) == "training labels (a)")
    #expect(images.difference(from: RunImages(smaller, split(["a"], ["4x4 1 2"]))) == nil)
    #expect(images.difference(from: RunImages(elsewhere, other)) == nil)
  }

  @Test func mixtureIsRefusedWithBothNames() throws {
    var (a, b) = (exampleRecord, exampleRecord)
    (a.split, b.split) = (split(), split(["a", "b"], ["4x4 1 2", "4x4 3 9"]))
    b.folder = a.folder.deletingLastPathComponent().appending(path: "other")
    try checkSameImages([a, a])
    let message = failure { try checkSameImages([a, b]) }
    #expect(message?.contains("runs/other: used different training labels (b)") == true)
    #expect(message?.contains("from example") == true)
  }
}
