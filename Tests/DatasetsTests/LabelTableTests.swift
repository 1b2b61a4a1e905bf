import Datasets
import Foundation
import Tensors
import Testing

@Suite struct LabelTableTests {
  @Test(arguments: DatasetRegistry.names)
  func fileIdsAndNamesAreThoseOfTraining(name: DatasetName) throws {
    let table = try DatasetRegistry.require(name).labels
    let all: [DatasetName: (ClassTable, [Int], [Int])] = [
      .cityscapes: (.cityscapes, CityscapesDataset.fileIds, CityscapesDataset.ignoredIds),
      .synthia: (.synthia, SynthiaDataset.fileIds, SynthiaDataset.ignoredIds),
      .camvid: (.camvid, CamVidDataset.fileIds, CamVidDataset.ignoredIds),
    ]
    let (classes, ids, ignored) = try #require(all[name])
    #expect(table.dataset == name)
    #expect(table.fileIds == ids)
    #expect(table.ignored == Set(ignored))
    #expect(table.labels.count == ids.count + ignored.count)
    #expect(ids.map { table.labels[$0].name } == classes.names)
    #expect(ids.map { table.labels[$0].color } == classes.entries.map(\.color))
    #expect(Set(table.names).count == table.names.count)
  }

  @Test func cityscapesCategoriesCoverEveryIdOnce() {
    let categories = LabelTable.cityscapes.categories
    #expect(categories.flatMap { Array($0.ids) } == Array(0..<34))
    #expect(categories.filter(\.hasInstances).map(\.name) == ["human", "vehicle"])
    let withInstances = categories.filter(\.hasInstances).flatMap { Array($0.ids) }
    #expect(
      LabelTable.cityscapes.averageInstanceSize.keys.sorted()
        == withInstances.filter { !LabelTable.cityscapes.ignored.contains($0) })
  }

  @Test(arguments: DatasetRegistry.names)
  func writtenIdsAreReadAgain(name: DatasetName) throws {
    let table = try DatasetRegistry.require(name).labels
    let (height, width) = (3, 7)
    let ids = LabelImage(
      height: height, width: width,
      ids: (0..<height * width).map { UInt8($0 * 5 % table.labels.count) })
    try withTemporaryFolder { folder in
      let file = try folder.file("ids.png")
      try table.write(ids, to: file)
      #expect(try table.readIds(file) == ids)
      let image = try PNG.readIndices(file)
      #expect(image.channels == (name == .synthia ? 3 : 1))
      #expect(image.bitDepth == (name == .synthia ? 16 : 8))
    }
  }

  @Test func overlayIsTheMeanOfImageAndColor() {
    let image = ColorImage(height: 1, width: 2, bytes: [0, 100, 255, 10, 20, 31])
    let ids = LabelImage(height: 1, width: 2, ids: [7, 26])
    // Road is (128, 64, 128), car (0, 0, 142); halves are cut off.
    let expected: [UInt8] = [64, 82, 191, 5, 10, 86]
    #expect(LabelTable.cityscapes.overlay(ids, on: image).bytes == expected)
  }
}
