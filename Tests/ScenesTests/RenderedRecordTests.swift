import Datasets
import Files
import Foundation
import Scenes
import Synchronization
import Testing

private let picture = "leftImg8bit/train/rendered/rendered_000001_000019_leftImg8bit.png"

@Test func aFinishedRenderingIsNotRepeated() throws {
  try withTemporaryFolder { root in
    func number() throws -> Int {
      let path = root.appending(path: picture).path
      return try #require(
        FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? Int)
    }
    let first = try renderSmall(.cityscapes, to: root)
    let file = try number()
    let second = try renderSmall(.cityscapes, to: root) { _, _ in Issue.record("drawn again") }
    #expect(first == second && first.content != nil)
    #expect(try number() == file)
    #expect(RenderedRecord.read(root) == first)
  }
}

/// Files of a cache may be edited or damaged; what is trained on is what the seed says.
@Test(arguments: ["edited", "removed", "added"])
func aChangedRenderingIsRepeated(change: String) throws {
  try withTemporaryFolder { root in
    let first = try renderSmall(.cityscapes, to: root)
    let whole = try contents(root)
    let url = root.appending(path: picture)
    switch change {
    case "edited": try Data("edited".utf8).write(to: url)
    case "removed": try FileManager.default.removeItem(at: url)
    default:
      let other = picture.replacingOccurrences(of: "000001", with: "000009")
      try FileManager.default.copyItem(at: url, to: root.appending(path: other))
    }
    #expect(try renderSmall(.cityscapes, to: root) == first)
    #expect(try contents(root) == whole)
  }
}

/// Earlier versions recorded no digest.
@Test func aRenderingWithoutADigestIsKept() throws {
  try withTemporaryFolder { root in
    try renderSmall(.cityscapes, to: root)
    let url = root.appending(path: RenderedRecord.fileName)
    var record = try #require(
      JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any])
    #expect(record.removeValue(forKey: "content") != nil)
    try JSONSerialization.data(withJSONObject: record).write(to: url)
    try Data("kept".utf8).write(to: root.appending(path: picture))
    #expect(try renderSmall(.cityscapes, to: root).content == nil)
    #expect(try Data(contentsOf: root.appending(path: picture)) == Data("kept".utf8))
  }
}

@Test func anUnfinishedRenderingIsRepeated() throws {
  try withTemporaryFolder { root in
    try renderSmall(.cityscapes, to: root)
    let whole = try contents(root)
    // As a killed process leaves it: begun, one file half written, one missing, no end marker.
    let files = FileManager.default
    try files.moveItem(
      at: root.appending(path: "rendered.json"), to: root.appending(path: "rendering.json"))
    try Data("half".utf8).write(to: root.appending(path: picture))
    try files.removeItem(
      at: root.appending(path: picture.replacingOccurrences(of: "000001", with: "000002")))
    #expect(RenderedRecord.read(root) == nil)
    try renderSmall(.cityscapes, to: root)
    #expect(try contents(root) == whole)
    #expect(RenderedRecord.read(root) != nil)
    #expect(!files.fileExists(atPath: root.appending(path: "rendering.json").path))
  }
}

@Test(arguments: [".rendering.json.partial-99999999-1", ".rendered.json.partial-99999999-2"])
func whatAKilledProcessLeftIsRemoved(name: String) throws {
  try withTemporaryFolder { root in
    try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
    try Data("half".utf8).write(to: root.appending(path: name))
    try renderSmall(.cityscapes, to: root)
    let whole = try contents(root)
    #expect(whole[name] == nil)
    for name in [name, "rendering.json"] {
      try Data("half".utf8).write(to: root.appending(path: name))
    }
    try renderSmall(.cityscapes, to: root)
    #expect(try contents(root) == whole)
  }
}

@Test func anotherRequestReplacesTheFormerFiles() throws {
  try withTemporaryFolder { root in
    try renderSmall(.synthia, to: root, count: 3)
    try renderSmall(.synthia, to: root, count: 1)
    #expect(try contents(root).count == 16)
    try renderSmall(.synthia, to: root, seed: 6, count: 1)
    #expect(RenderedRecord.read(root)?.configuration.seed == 6)
  }
}

@Test func aFolderWithOtherFilesIsLeftAlone() throws {
  try withTemporaryFolder { root in
    try FileManager.default.createDirectory(
      at: root.appending(path: "leftImg8bit"), withIntermediateDirectories: true)
    let own = root.appending(path: "leftImg8bit/own.png")
    try Data("own".utf8).write(to: own)
    let error = try #require(throws: UserError.self) {
      try renderSmall(.cityscapes, to: root)
    }
    #expect(error.path == root.path)
    #expect(error.description.contains("empty folder"))
    #expect(try Data(contentsOf: own) == Data("own".utf8))
  }
}

@Test func aFileInPlaceOfTheFolderIsAnError() throws {
  try withTemporaryFolder { root in
    try Data("file".utf8).write(to: root)
    #expect(throws: UserError.self) { try renderSmall(.synthia, to: root) }
    #expect(try Data(contentsOf: root) == Data("file".utf8))
  }
}

@Test(arguments: [(0, 64), (32, -1), (32, Int.max)])
func impossibleSizesAreErrorsAndWriteNothing(size: (Int, Int)) throws {
  try withTemporaryFolder { root in
    #expect(throws: UserError.self) {
      try StreetScenes.renderCityscapes(
        to: root, train: 1, validation: 1,
        configuration: SceneConfiguration(seed: 1, height: size.0, width: size.1),
        compute: .init(threads: 1))
    }
    #expect(!FileManager.default.fileExists(atPath: root.path))
  }
}

@Test func progressCountsEveryPictureOnce() throws {
  let seen = Mutex<[Int]>([])
  try withTemporaryFolder { root in
    try renderSmall(.cityscapes, to: root, count: 4) { done, total in
      seen.withLock { $0.append(done) }
      #expect(total == 5)
    }
  }
  #expect(seen.withLock { $0.sorted() } == [1, 2, 3, 4, 5])
}
