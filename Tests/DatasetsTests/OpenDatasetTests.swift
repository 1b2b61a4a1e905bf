import Datasets
import Files
import Foundation
import Testing

@Suite struct OpenDatasetTests {
  private func scheme(_ name: DatasetName) -> SplitScheme {
    name == .synthia ? .shuffled : .official
  }

  private func refusal(_ name: DatasetName, _ root: URL) -> String? {
    let error = #expect(throws: UserError.self) {
      try openDataset(name, root: root, split: scheme(name))
    }
    #expect(error?.path == root.path)
    return error?.problem
  }

  @Test("A missing, empty or wrong path is refused", arguments: DatasetRegistry.names)
  func badPaths(name: DatasetName) throws {
    try withTemporaryFolder { root in
      #expect(
        refusal(name, root.appendingPathComponent("none"))?.contains("no such folder") == true)
      #expect(refusal(name, root)?.contains("is empty") == true)
      let file = try root.file("file")
      try Data("x".utf8).write(to: file)
      #expect(refusal(name, file)?.contains("is a file") == true)
      #expect(refusal(name, root)?.contains("has no folder") == true)
    }
  }

  @Test("Split schemes of another data set are refused")
  func schemes() throws {
    try withTemporaryFolder { root in
      try Layouts.camvid(root, train: 1)
      let error = #expect(throws: UserError.self) {
        try openDataset(.camvid, root: root, split: .shuffled)
      }
      #expect(error?.problem.contains("official split") == true)
      let other = #expect(throws: UserError.self) {
        try openDataset(.synthia, root: root, split: .official)
      }
      #expect(other?.problem.contains("no official split") == true)
      #expect(try openDataset(.camvid, root: root, split: .official).name == .camvid)
    }
  }

  @Test func digestIsSHA256OfTheJoinedNames() {
    #expect(
      digest(ofNames: ["abc"])
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    // printf 'a\nb' | sha256sum
    #expect(
      digest(ofNames: ["a", "b"])
        == "7e18f737311b2dc3b2f269dd78396b0351f14fb66efa879f768cb23181883c78")
  }
}
