import Datasets
import Files
import Foundation
import Testing

/// Files are only looked for here, so they are empty.
@Suite struct PredictionFilesTests {
  private func make(_ root: URL, _ paths: [String]) throws {
    for path in paths { try Data().write(to: try root.file(path)) }
  }

  private func pairs(
    _ dataset: DatasetName, _ root: URL, partial: Bool = false
  ) throws -> (files: [ScoredFiles], labelFiles: Int) {
    try PredictionFiles(
      DatasetRegistry.require(dataset).predictions, predictions: root.appendingPathComponent("p"),
      groundTruth: root.appendingPathComponent("t")
    ).pairs(partial: partial)
  }

  @Test func cityscapesFollowsTheOfficialRule() throws {
    try withTemporaryFolder { root in
      try make(
        root,
        [
          "t/ulm/ulm_000001_000019_gtFine_labelIds.png",
          "t/ulm/ulm_000001_000019_gtFine_instanceIds.png",
          "t/ulm/ulm_000001_000019_gtFine_color.png",
          "t/aachen/aachen_000002_000019_gtFine_labelIds.png",
          "t/.hidden/ulm_000009_000019_gtFine_labelIds.png",
          "p/deep/er/ulm_000001_000019.png",
          "p/aachen_000002_000019_my_network*labelIds.png",
          "p/overlay_ulm_000001_000019.png", "p/ulm_000001_000019.txt",
          "p/ulm_000001_00001.png", "p/bulm_000001_000019.png", "p/ulm_000000_000019_x.png",
        ])
      let (files, labelFiles) = try pairs(.cityscapes, root)
      #expect(labelFiles == 2)
      #expect(files.map(\.name) == ["aachen_000002_000019", "ulm_000001_000019"])
      #expect(
        files.map(\.prediction.lastPathComponent)
          == ["aachen_000002_000019_my_network*labelIds.png", "ulm_000001_000019.png"])
      #expect(
        files.map { $0.instances?.lastPathComponent }
          == [nil, "ulm_000001_000019_gtFine_instanceIds.png"])
    }
  }

  @Test func aSecondPredictionIsNamed() throws {
    try withTemporaryFolder { root in
      try make(
        root,
        [
          "t/ulm_000001_000019_gtFine_labelIds.png", "p/a/ulm_000001_000019_a.png",
          "p/b/ulm_000001_000019.png",
        ])
      let error = #expect(throws: UserError.self) { try pairs(.cityscapes, root) }
      #expect(error?.path?.hasSuffix("p/a/ulm_000001_000019_a.png") == true)
      #expect(error?.problem.contains("beside b/ulm_000001_000019.png") == true)
    }
  }

  @Test(arguments: [DatasetName.camvid, .synthia])
  func theOthersHaveTheSamePath(dataset: DatasetName) throws {
    try withTemporaryFolder { root in
      try make(root, ["t/L/0.png", "t/R/0.png", "p/L/0.png", "p/R/0.png", "p/0.png"])
      let files = try pairs(dataset, root).files
      #expect(files.map(\.name) == ["L/0", "R/0"])
      #expect(
        files.map { $0.prediction.pathComponents.suffix(3) } == [
          ["p", "L", "0.png"], ["p", "R", "0.png"],
        ])
      #expect(files.allSatisfy { $0.instances == nil })
    }
  }

  @Test(arguments: DatasetRegistry.names)
  func missingPredictionsAreAnErrorUnlessPartial(dataset: DatasetName) throws {
    try withTemporaryFolder { root in
      let truths = [
        "t/ulm_000001_000019_gtFine_labelIds.png", "t/ulm_000002_000019_gtFine_labelIds.png",
      ]
      try make(root, truths + ["p/ulm_000002_000019_gtFine_labelIds.png"])
      let error = #expect(throws: UserError.self) { try pairs(dataset, root) }
      #expect(error?.path?.hasSuffix(truths[0]) == true)
      #expect(error?.problem.hasPrefix("no prediction ulm_000001_000019") == true)
      let (files, labelFiles) = try pairs(dataset, root, partial: true)
      #expect(files.map(\.truth.lastPathComponent) == ["ulm_000002_000019_gtFine_labelIds.png"])
      #expect(labelFiles == 2)
    }
  }

  @Test func foldersWithNothingToScoreAreNamed() throws {
    try withTemporaryFolder { root in
      try make(root, ["t/readme.txt", "p/readme.txt"])
      let none = #expect(throws: UserError.self) { try pairs(.cityscapes, root) }
      #expect(none?.path?.hasSuffix("/t") == true)
      #expect(none?.problem == "no label file (*_gtFine_labelIds.png) here or below")
      try make(root, ["t/0.png"])
      let unmatched = #expect(throws: UserError.self) { try pairs(.camvid, root, partial: true) }
      #expect(unmatched?.path?.hasSuffix("/p") == true)
      try make(root, ["t/ulm_1_gtFine_labelIds.png"])
      let misnamed = #expect(throws: UserError.self) { try pairs(.cityscapes, root) }
      #expect(misnamed?.path?.hasSuffix("ulm_1_gtFine_labelIds.png") == true)
    }
  }
}
