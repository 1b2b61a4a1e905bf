import Datasets
import Foundation
import Scenes
import Testing

private let layouts: [DatasetName] = [.synthia, .cityscapes]

@Test(arguments: layouts)
func sameSeedGivesSameBytesWithOneAndTwoThreads(layout: DatasetName) throws {
  let (one, two) = try withTemporaryFolder { root in
    try renderSmall(layout, to: root, threads: 1)
    return try withTemporaryFolder { other in
      try renderSmall(layout, to: other, threads: 2)
      return (try contents(root), try contents(other))
    }
  }
  #expect(one.count == (layout == .synthia ? 48 : 8))
  #expect(one == two)
}

@Test(arguments: layouts)
func anotherSeedGivesOtherPictures(layout: DatasetName) throws {
  let (one, two) = try withTemporaryFolder { root in
    try renderSmall(layout, to: root, seed: 5)
    return try withTemporaryFolder { other in
      try renderSmall(layout, to: other, seed: 6)
      return (try contents(root), try contents(other))
    }
  }
  #expect(one.keys.sorted() == two.keys.sorted())
  for name in one.keys { #expect(one[name] != two[name], "\(name)") }
}

@Test func everyPictureOfADataSetIsAnother() throws {
  try withTemporaryFolder { root in
    try renderSmall(.cityscapes, to: root, count: 6)
    let colors = try contents(root).filter { $0.key.hasPrefix("leftImg8bit") }
    #expect(colors.count == 7)
    #expect(Set(colors.values).count == colors.count)
  }
}

@Test func morePicturesLeaveTheFormerOnesAsTheyWere() throws {
  try withTemporaryFolder { root in
    try renderSmall(.cityscapes, to: root, count: 2)
    let few = try contents(root)
    try renderSmall(.cityscapes, to: root, count: 5)
    let many = try contents(root)
    #expect(many.count == 12)
    for (name, bytes) in few { #expect(many[name] == bytes, "\(name)") }
  }
}
