import Datasets
import Foundation
import Scenes
import Tensors
import Testing

@Test func synthiaFilesHaveTheRealLayout() throws {
  try withTemporaryFolder { root in
    try renderSmall(.synthia, to: root, count: 2)
    var classes: Set<UInt16> = []
    for eye in ["Left", "Right"] {
      for view in ["F", "B", "L", "R"] {
        for frame in ["000000", "000001"] {
          let name = "Stereo_\(eye)/Omni_\(view)/\(frame).png"
          let color = try PNG.read(root.appending(path: "RGB/\(name)"))
          #expect((color.height, color.width, color.channels, color.bitDepth) == (32, 64, 3, 8))
          let label = try PNG.readIndices(root.appending(path: "GT/LABELS/\(name)"))
          #expect((label.height, label.width, label.channels, label.bitDepth) == (32, 64, 3, 16))
          for p in 0..<label.height * label.width {
            classes.insert(label.samples[3 * p])
            // Only things that can be counted have an instance number.
            if label.samples[3 * p + 1] != 0 {
              #expect([8, 9, 10, 11, 15].contains(label.samples[3 * p]))
            }
          }
        }
      }
    }
    #expect(classes.isSubset(of: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15]))
    #expect(classes.isSuperset(of: [1, 2, 3, 4]))
  }
}

@Test func cityscapesLabelsAreOfficialIds() throws {
  try withTemporaryFolder { root in
    try renderSmall(.cityscapes, to: root)
    var classes: Set<UInt16> = []
    for (split, count) in [("train", 3), ("val", 1)] {
      for index in 0..<count {
        let stem = "\(split)/rendered/rendered_00000\(index)_000019"
        let color = try PNG.read(root.appending(path: "leftImg8bit/\(stem)_leftImg8bit.png"))
        #expect((color.height, color.width, color.channels, color.bitDepth) == (32, 64, 3, 8))
        let label = try PNG.readIndices(root.appending(path: "gtFine/\(stem)_gtFine_labelIds.png"))
        #expect((label.height, label.width, label.channels, label.bitDepth) == (32, 64, 1, 8))
        classes.formUnion(label.samples)
        // Sky is above, the camera's car below.
        #expect(!label.samples[64 * 20..<64 * 32].contains(23))
        #expect(label.samples[64 * 31 + 32] == 1)
      }
    }
    #expect(classes.allSatisfy { $0 <= 33 })
    #expect(classes.isSuperset(of: [1, 7, 11]))
  }
}

@Test(arguments: [SplitScheme.shuffled, .blocked])
func theLoaderReadsRenderedSynthia(split: SplitScheme) throws {
  try withTemporaryFolder { root in
    let frames = StreetScenes.framesPerView(train: 40, validation: 8, test: 8)
    try renderSmall(.synthia, to: root, count: frames)
    let data = try openDataset(.synthia, root: root, split: split)
    #expect(try data.items(.train).count >= 40)
    #expect(try data.items(.validation).count >= 8)
    let item = try #require(try data.items(.test).first)
    let labels = try data.readLabels(item)
    let stored = try PNG.readIndices(item.label)
    let ids = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15]
    for p in labels.ids.indices {
      #expect(labels.ids[p] == UInt8(ids.firstIndex(of: Int(stored.samples[3 * p])) ?? 255))
    }
  }
}

@Test func theLoaderReadsRenderedCityscapes() throws {
  try withTemporaryFolder { root in
    let record = try renderSmall(.cityscapes, to: root, count: 4)
    let data = try openDataset(.cityscapes, root: root, split: .official)
    #expect(try data.items(.train).count == 4)
    var roads = 0
    for split in [Split.train, .validation] {
      for item in try data.items(split) {
        roads += try data.readLabels(item).ids.filter { $0 == 0 }.count
      }
    }
    // Training id 0 is the road, label id 7: the record counted the same pixels.
    #expect(roads > 0 && roads == record.pixels["7"])
  }
}
