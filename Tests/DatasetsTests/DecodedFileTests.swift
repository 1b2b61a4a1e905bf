import Datasets
import Files
import Foundation
import Testing

@Suite("Decoded images that do not fit in memory")
struct DecodedFileTests {
  private let images = 5

  /// A store that keeps nothing in memory.
  private func store(_ root: URL, _ overflow: URL?) throws -> ImageStore {
    let small = try Layouts.store(root, train: images)
    return ImageStore(
      dataset: small.dataset, items: small.items, height: 6, width: 8, keepsFullSize: true,
      budget: 0, overflow: overflow)
  }

  private func all(_ store: ImageStore) throws -> [LabeledImage] {
    try store.items.indices.map { try store.sample($0) }
  }

  /// The file has no name, and is found among those that this process has open.
  private func descriptors(in folder: URL) -> [Int32] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
    return names.compactMap { name in
      let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(name)")
      return link?.hasPrefix(folder.path + "/.decoded") == true ? Int32(name) : nil
    }
  }

  @Test func areTheSameWithoutTheirFiles() throws {
    try withTemporaryFolder { root in
      let (data, cache) = (root.appending(path: "data"), root.appending(path: "cache"))
      let store = try store(data, cache)
      let decoded = try all(store)
      #expect(decoded == (try all(try self.store(data, nil))))
      #expect(store.bytesKept == 0)
      try FileManager.default.removeItem(at: data)
      #expect(try all(store) == decoded)
      #expect(try all(store) == decoded)
      #expect(try FileManager.default.contentsOfDirectory(atPath: cache.path).isEmpty)
    }
  }

  @Test func thereIsNoFileWhileEverythingFits() throws {
    try withTemporaryFolder { root in
      let small = try Layouts.store(root.appending(path: "data"), train: images)
      let store = ImageStore(
        dataset: small.dataset, items: small.items, height: 6, width: 8,
        overflow: root.appending(path: "cache"))
      _ = try all(store)
      #expect(!FileManager.default.fileExists(atPath: root.appending(path: "cache").path))
    }
  }

  /// Never a wrong picture: what was changed on the disk is decoded again.
  @Test func damageIsNoticed() throws {
    try withTemporaryFolder { root in
      let cache = root.appending(path: "cache")
      let store = try store(root.appending(path: "data"), cache)
      let decoded = try all(store)
      let open = descriptors(in: cache)
      guard !open.isEmpty else { return }  // no /proc
      var byte: UInt8 = 0
      #expect(pread(open[0], &byte, 1, 200) == 1)
      byte ^= 4
      #expect(pwrite(open[0], &byte, 1, 200) == 1)
      #expect(try all(store) == decoded)
      // Cut off.
      let other = try self.store(root.appending(path: "data"), cache)
      #expect(try all(other) == decoded)
      for descriptor in descriptors(in: cache) { ftruncate(descriptor, 100) }
      #expect(try all(other) == decoded)
    }
  }

  @Test func whereNothingCanBeWrittenImagesAreDecoded() throws {
    try withTemporaryFolder { root in
      let file = root.appending(path: "file")
      try Data().write(to: file)
      let store = try store(root.appending(path: "data"), file.appending(path: "cache"))
      #expect(try all(store) == (try all(store)))
    }
  }
}
