import Datasets
import Foundation
import Tensors
import Testing

@Suite struct DatasetInspectionTests {
  @Test func soundDataSet() throws {
    try withTemporaryFolder { root in
      try Layouts.camvid(root, train: 3, height: 2, width: 12)
      let inspection = DatasetInspection(of: try CamVidDataset(root: root), compute: Compute())
      #expect(inspection.problems.isEmpty)
      #expect(inspection.splits.map(\.images) == [3, 1, 1])
      #expect(
        inspection.splits[0].sizes == [DatasetInspection.Size(height: 2, width: 12, images: 3)])
      // Every label row holds each of the 11 classes and void once.
      #expect(inspection.splits[0].classPixels == [Int](repeating: 6, count: 11))
      #expect(inspection.splits[0].ignoredPixels == 6)
      #expect(inspection.splits[0].classShares.allSatisfy { abs($0 - 100.0 / 11) < 1e-9 })
      #expect(abs(inspection.splits[0].voidShare - 100.0 / 12) < 1e-9)
      #expect(inspection.description.contains("No problems found."))
      let json = try JSONEncoder().encode(inspection)
      #expect(try JSONDecoder().decode(DatasetInspection.self, from: json) == inspection)
    }
  }

  @Test("Every problem is found, not the first alone")
  func allProblems() throws {
    try withTemporaryFolder { root in
      try Layouts.camvid(root, train: 7)
      func url(_ path: String) -> URL { root.appendingPathComponent(path) }
      let files = FileManager.default
      try files.removeItem(at: url("trainannot/0000.png"))
      try files.removeItem(at: url("train/0001.png"))
      try PNG.writeGray(height: 1, width: 1, bytes: [0], to: url("trainannot/0002.png"))
      try Data(contentsOf: url("train/0003.png")).prefix(60).write(to: url("train/0003.png"))
      try PNG.writeGray(
        height: 6, width: 8, bytes: .init(repeating: 77, count: 48), to: url("trainannot/0004.png"))
      try Data().write(to: url("train/0005.png"))
      try files.removeItem(at: url("val/0000.png"))
      try files.removeItem(at: url("valannot/0000.png"))

      let inspection = DatasetInspection(
        of: try CamVidDataset(root: root), compute: Compute(threads: 2))
      let expected = [
        ("train/0000.png", "image without label"), ("train/0002.png", "but its label file"),
        ("train/0003.png", "damaged PNG"), ("train/0005.png", "is empty"),
        ("trainannot/0001.png", "label file without image"),
        ("trainannot/0004.png", "label id 77"), ("val", "no images of the validation split"),
      ]
      #expect(inspection.problems.map(\.path) == expected.map { url($0.0).path })
      for (problem, words) in zip(inspection.problems, expected.map(\.1)) {
        #expect(problem.problem.contains(words))
        #expect(inspection.description.contains("\n  \(problem)"))
      }
      #expect(inspection.description.contains("7 problems:"))
      // The one sound pair still counts.
      #expect(
        inspection.splits[0].sizes == [DatasetInspection.Size(height: 6, width: 8, images: 1)])
    }
  }

  @Test func cityscapesTestSplitIsUnavailableAndNoProblem() throws {
    try withTemporaryFolder { root in
      for split in ["train", "val", "test"] {
        try Layouts.cityscapes(root, "bonn_000000_000019", ids: [7, 8, 0, 7], split: split)
      }
      let inspection = DatasetInspection(of: try CityscapesDataset(root: root), compute: Compute())
      #expect(inspection.problems.isEmpty)
      #expect(inspection.splits[2].unavailable?.contains("no labels") == true)
      #expect(inspection.splits[0].classPixels.prefix(2) == [2, 1])
      #expect(inspection.description.contains("road"))
    }
  }

  @Test func everySplitCounts() throws {
    try withTemporaryFolder { root in
      try Layouts.camvid(root, train: 2, height: 2, width: 12)
      try Data("test/0000.png,testannot/0000.png\n".utf8)
        .write(to: root.appendingPathComponent("test.txt"))
      let inspection = DatasetInspection(of: try CamVidDataset(root: root), compute: Compute())
      #expect(inspection.problems.map(\.path) == [root.appendingPathComponent("test.txt").path])
      #expect(!inspection.description.contains("No problems found"))
    }
  }

  @Test func voidLabelsAndMissingClassesAreSaid() throws {
    try withTemporaryFolder { root in
      try Layouts.camvid(root, train: 3, height: 2, width: 12)
      func write(_ path: String, _ id: UInt8) throws {
        try PNG.writeGray(
          height: 2, width: 12, bytes: .init(repeating: id, count: 24),
          to: root.appendingPathComponent(path))
      }
      for number in 0..<2 { try write("trainannot/000\(number).png", 11) }
      try write("valannot/0000.png", 4)
      try write("testannot/0000.png", 11)
      let inspection = DatasetInspection(of: try CamVidDataset(root: root), compute: Compute())
      #expect(inspection.problems.count == 1)
      #expect(
        inspection.problems[0].description.contains("testannot/0000.png: and all other label"))
      let remarks = inspection.remarks.map(\.problem)
      #expect(remarks.contains("is wholly void: no pixel has a class; so are 1 more label files"))
      #expect(
        remarks.contains {
          $0.hasPrefix("the validation split has no pixel of 10 of 11 classes: sky,")
        })
    }
  }

  @Test func trainIdsUnderTheNameOfLabelIdsAreSuspicious() throws {
    try withTemporaryFolder { root in
      for split in ["train", "val"] {
        try Layouts.cityscapes(root, "bonn_000000_000019", ids: [7, 8, 11, 0], split: split)
      }
      let found = DatasetInspection(of: try CityscapesDataset(root: root), compute: Compute())
      #expect(found.remarks.contains { $0.problem.contains("train ids (0 to 18 and 255)?") })
      try Layouts.cityscapes(root, "bonn_000000_000019", ids: [0, 18, 255, 2])
      let refused = DatasetInspection(of: try CityscapesDataset(root: root), compute: Compute())
      #expect(
        refused.problems.first?.problem.hasSuffix(
          "its ids are 0 to 18 and 255, as train ids are: convert them to label ids") == true)
    }
  }
}
