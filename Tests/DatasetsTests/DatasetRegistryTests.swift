import Datasets
import Files
import Foundation
import Testing

@Suite struct DatasetRegistryTests {
  @Test(arguments: DatasetRegistry.names)
  func aDescriptorAgreesWithItself(name: DatasetName) throws {
    let descriptor = try DatasetRegistry.require(name)
    #expect(descriptor.name == name && descriptor.labels.dataset == name)
    #expect(descriptor.labels.fileIds.count == descriptor.classes.count)
    #expect(!descriptor.splitSchemes.isEmpty && !descriptor.scoredSplits.isEmpty)
    #expect(name.title == descriptor.title && name.citation == descriptor.citation)
  }

  @Test func namesArePlainStringsInJSONAndSortedAsRegistered() throws {
    #expect(
      String(decoding: try JSONEncoder().encode([DatasetName.camvid]), as: UTF8.self)
        == #"["camvid"]"#)
    let other = DatasetName(rawValue: "a")
    #expect([other, .camvid, .synthia, .cityscapes].sorted() == DatasetRegistry.names + [other])
    #expect(other.title == "a")
    let error = #expect(throws: UserError.self) {
      try DatasetRegistry.require(DatasetName(rawValue: "camvit"))
    }
    #expect(
      error?.description
        == "there is no data set camvit; did you mean 'camvid'? allowed: synthia, cityscapes, camvid"
    )
  }
}
