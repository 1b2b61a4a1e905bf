import Datasets
import Files
import Foundation
import Tensors
import Testing

@Suite struct CityscapesDatasetTests {
  @Test func labelIdsBecomeTrainIds() throws {
    try withTemporaryFolder { root in
      try Layouts.cityscapes(root, "bonn_000000_000019", ids: (0...33).map { UInt8($0) })
      let dataset = try CityscapesDataset(root: root)
      let item = try #require(try dataset.items(.train).first)
      #expect(item.name == "train/bonn/bonn_000000_000019")
      let v = LabelMap.ignored
      // The official label table, ids 0 to 33.
      #expect(
        try dataset.readLabels(item).ids == [
          v, v, v, v, v, v, v, 0, 1, v, v, 2, 3, 4, v, v, v, 5, v, 6, 7, 8, 9, 10, 11, 12, 13, 14,
          15, v, v, 16, 17, 18,
        ])
      #expect(
        dataset.classes.minority.map { dataset.classes.names[$0] } == [
          "wall", "fence", "pole", "traffic light", "terrain", "person", "rider", "motorcycle",
        ])
    }
  }

  @Test func trainIdsAreTakenAsTheyAre() throws {
    try withTemporaryFolder { root in
      try Layouts.cityscapes(
        root, "bonn_000001_000019", ids: [0, 18, 255, 7], kind: "labelTrainIds")
      let dataset = try CityscapesDataset(root: root)
      let item = try #require(try dataset.items(.train).first)
      #expect(try dataset.readLabels(item).ids == [0, 18, 255, 7])
    }
  }

  @Test("An id outside the table is refused", arguments: [("labelIds", 34), ("labelTrainIds", 19)])
  func unknownId(kind: String, id: UInt8) throws {
    try withTemporaryFolder { root in
      try Layouts.cityscapes(root, "bonn_000001_000019", ids: [0, 1, 2, id], kind: kind)
      let dataset = try CityscapesDataset(root: root)
      let item = try #require(try dataset.items(.train).first)
      let error = #expect(throws: UserError.self) { try dataset.readLabels(item) }
      #expect(error?.path == item.label.path)
      #expect(error?.problem.contains("label id \(id) at row 1, column 1") == true)
    }
  }

  @Test func colorRenderingIsNotALabelFile() throws {
    try withTemporaryFolder { root in
      try Layouts.cityscapes(root, "bonn_000001_000019", ids: [0, 1, 2, 3])
      let dataset = try CityscapesDataset(root: root)
      let item = try #require(try dataset.items(.train).first)
      try PNG.write(Layouts.image(0, height: 2, width: 2), to: item.label)
      let error = #expect(throws: UserError.self) { try dataset.readLabels(item) }
      #expect(error?.problem.contains("3 channels") == true)
    }
  }

  @Test func testSplitHasNoPublicLabels() throws {
    try withTemporaryFolder { root in
      try Layouts.cityscapes(root, "bonn_000001_000019", ids: [0, 1], split: "test")
      let dataset = try CityscapesDataset(root: root)
      let error = #expect(throws: UserError.self) { try dataset.items(.test) }
      #expect(error?.problem.contains("no labels of its test split") == true)
      let empty = #expect(throws: UserError.self) { try dataset.items(.validation) }
      #expect(empty?.problem.contains("no images of the validation split") == true)
      #expect(empty?.path?.hasSuffix("leftImg8bit/val") == true)
    }
  }

  @Test func imageWithoutLabelIsAnError() throws {
    try withTemporaryFolder { root in
      try Layouts.cityscapes(root, "bonn_000001_000019", ids: [0, 1], split: "val")
      try FileManager.default.removeItem(at: root.appendingPathComponent("gtFine/val/bonn"))
      let error = #expect(throws: UserError.self) {
        try CityscapesDataset(root: root).items(.validation)
      }
      #expect(error?.path?.hasSuffix("val/bonn/bonn_000001_000019_leftImg8bit.png") == true)
      #expect(error?.problem.contains("bonn_000001_000019_gtFine_labelIds.png is missing") == true)
    }
  }

  // Real Cityscapes files lie beside a checkout only where their license was accepted.
  @Test("Eight real pairs", .enabled(if: Folders.exist(Folders.cityscapes)))
  func realPairs() throws {
    let dataset = try CityscapesDataset(root: Folders.cityscapes)
    let items = try dataset.items(.train)
    #expect(items.count == 8)
    #expect(try dataset.strayLabels().count == 15)
    let sample = try LabeledImage(reading: items[0], of: dataset)
    #expect(sample.height == 1024 && sample.width == 2048)
    let store = ImageStore(dataset: dataset, items: items, height: 128, width: 256)
    let counts = try classPixels(of: store, compute: Compute(threads: 2))
    let valid = counts.reduce(0, +)
    // Streets of Aachen: mostly road, and all of building, vegetation, car above one percent.
    #expect(counts[0] == counts.max())
    for c in [2, 8, 13] { #expect(counts[c] * 100 > valid) }
  }
}
