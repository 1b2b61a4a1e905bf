import Datasets
import Files
import Foundation
import Tensors
import Testing

@Suite struct CamVidDatasetTests {
  private func write(_ lines: [String], _ root: URL) throws {
    try lines.joined(separator: "\n").write(
      to: root.appendingPathComponent("train.txt"), atomically: true, encoding: .utf8)
  }

  @Test func foldersAreListedWithoutListFile() throws {
    try withTemporaryFolder { root in
      try Layouts.camvid(root, train: 3)
      let dataset = try CamVidDataset(root: root)
      #expect(try dataset.items(.train).map(\.name) == ["train/0000", "train/0001", "train/0002"])
      #expect(try dataset.items(.test).map(\.name) == ["test/0000"])
      let expected = Layouts.labels(1, height: 6, width: 8, classes: 12)
        .map { $0 == 11 ? LabelMap.ignored : $0 }
      #expect(try dataset.readLabels(dataset.items(.train)[1]).ids == expected)
    }
  }

  @Test func foreignPathsAreResolvedByFolderAndName() throws {
    try withTemporaryFolder { root in
      try Layouts.camvid(root, train: 4)
      try write(
        [
          "/SegNet/CamVid/train/0002.png /SegNet/CamVid/trainannot/0002.png", "",
          "/my disk/CamVid/train/0000.png /my disk/CamVid/trainannot/0000.png\r",
          "C:\\data\\train\\0003.png C:\\data\\trainannot\\0003.png",
        ], root)
      let items = try CamVidDataset(root: root).items(.train)
      #expect(items.map(\.name) == ["train/0002", "train/0000", "train/0003"])
      #expect(items[0].image.path == root.appendingPathComponent("train/0002.png").path)
      #expect(items[0].label.path == root.appendingPathComponent("trainannot/0002.png").path)
    }
  }

  @Test(
    "A line that is not two paths is named",
    arguments: ["train/0000.png", "a b", "../train/.. x/y", "/train/0000.png trainannot"])
  func badLine(line: String) throws {
    try withTemporaryFolder { root in
      try Layouts.camvid(root, train: 1)
      try write(["/x/train/0000.png /x/trainannot/0000.png", line], root)
      let error = #expect(throws: UserError.self) { try CamVidDataset(root: root).items(.train) }
      #expect(error?.path?.hasSuffix("train.txt") == true)
      #expect(error?.problem.contains("line 2") == true)
    }
  }

  @Test func listedFileThatIsMissing() throws {
    try withTemporaryFolder { root in
      try Layouts.camvid(root, train: 1)
      try write(["/x/train/0009.png /x/trainannot/0009.png"], root)
      let error = #expect(throws: UserError.self) { try CamVidDataset(root: root).items(.train) }
      #expect(error?.path == root.appendingPathComponent("train/0009.png").path)
      #expect(error?.problem.contains("listed in train.txt") == true)
    }
  }

  @Test func idOutsideTheTable() throws {
    try withTemporaryFolder { root in
      try Layouts.camvid(root, train: 1)
      let dataset = try CamVidDataset(root: root)
      let item = try dataset.items(.train)[0]
      try PNG.writeGray(height: 1, width: 2, bytes: [11, 12], to: item.label)
      let error = #expect(throws: UserError.self) { try dataset.readLabels(item) }
      #expect(error?.path == item.label.path)
      #expect(error?.problem.contains("label id 12 at row 0, column 1") == true)
    }
  }

  // CamVid lies beside a checkout only where somebody put it.
  @Test("The real split", .enabled(if: Folders.exist(Folders.camvid)))
  func realSplit() throws {
    let dataset = try CamVidDataset(root: Folders.camvid)
    #expect(try Split.allCases.map { try dataset.items($0).count } == [367, 101, 233])
    #expect(try dataset.strayLabels().isEmpty)
    let store = ImageStore(
      dataset: dataset, items: try dataset.items(.train), height: 240, width: 320)
    let counts = try classPixels(of: store, compute: Compute(threads: 2))
    // Counted by another program.
    #expect(
      counts == [
        4_748_145, 6_556_133, 275_934, 8_923_577, 1_264_542, 2_741_475, 330_667, 317_587,
        1_653_461, 180_152, 82_140,
      ])
    let valid = counts.reduce(0, +)
    #expect(dataset.classes.minority == counts.indices.filter { counts[$0] * 50 < valid })
  }
}
