import Datasets
import Files
import Foundation
import Tensors
import Testing

/// Whatever lies in a data set's folders and is not read is named; what cannot be listed is an error.
@Suite struct UnreadFilesTests {
  private let files = FileManager.default

  private func problem(_ body: () throws -> Void) -> String? {
    do { try body() } catch { return (error as? UserError)?.description ?? "\(error)" }
    return nil
  }

  private func rename(_ root: URL, _ old: String, _ new: String) throws {
    try files.moveItem(at: root.appending(path: old), to: root.appending(path: new))
  }

  private func inspect(_ dataset: any Dataset) -> DatasetInspection {
    DatasetInspection(of: dataset, compute: Compute())
  }

  @Test(arguments: [
    "PNG", "Png", "jpg", "JPEG", "tif", "bmp", "gif", "npy", "avif", "png ", "png.gz", "png.part",
  ])
  func anotherEndingIsRefused(ending: String) throws {
    try withTemporaryFolder { root in
      try Layouts.camvid(root, train: 4)
      for number in [1, 3] {
        for folder in ["train", "trainannot"] {
          try rename(root, "\(folder)/000\(number).png", "\(folder)/000\(number).\(ending)")
        }
      }
      let dataset = try CamVidDataset(root: root)
      let line = problem { _ = try dataset.items(.train) }
      #expect(line?.contains("/train/0001.\(ending): is a ") == true, "\(line ?? "")")
      #expect(line?.contains("and so are 1 more") == true && line?.contains("only") == true)
      #expect(try dataset.items(.test).count == 1)
      let inspection = inspect(dataset)
      #expect(inspection.problems.count == 2)
      #expect(!inspection.description.contains("No problems found"))
    }
  }

  /// `mogrify` leaves the old file beside the new one; editors and systems leave others.
  @Test func otherFilesAreRemarks() throws {
    try withTemporaryFolder { root in
      try Layouts.camvid(root, train: 2, height: 2, width: 12)
      for name in ["0000.jpg", "README.txt", ".DS_Store"] {
        try Data().write(to: root.appending(path: "train/\(name)"))
      }
      let inspection = inspect(try CamVidDataset(root: root))
      #expect(inspection.problems.isEmpty)
      #expect(
        inspection.remarks.map(\.problem) == ["2 files here are not read: 0000.jpg, README.txt"])
      #expect(inspection.description.contains("1 remark:"))
      #expect(!inspection.description.contains("No problems found"))
    }
  }

  @Test(arguments: ["0009.gif", "0009.png.gz", "0009.png ", "0009.NPY"])
  func imagesOfOtherKindsInADeeperFolderAreRefused(name: String) throws {
    try withTemporaryFolder { root in
      try Layouts.camvid(root, train: 2, height: 2, width: 12)
      let folder = root.appending(path: "train/more")
      try files.createDirectory(at: folder, withIntermediateDirectories: false)
      try Data().write(to: folder.appending(path: "README.txt"))
      let remarks = inspect(try CamVidDataset(root: root)).remarks
      #expect(remarks.map(\.problem) == ["1 file here is not read: README.txt"])
      try Data().write(to: folder.appendingPathComponent(name))
      let line = problem { _ = try CamVidDataset(root: root).items(.train) }
      #expect(line?.contains("/train/more: is a folder with 1 image file, but only") == true)
    }
  }

  @Test func imagesInADeeperFolderAreRefused() throws {
    try withTemporaryFolder { root in
      try Layouts.camvid(root, train: 2)
      try files.createDirectory(
        at: root.appending(path: "train/more"), withIntermediateDirectories: false)
      try files.copyItem(
        at: root.appending(path: "train/0001.png"), to: root.appending(path: "train/more/0002.png"))
      let line = problem { _ = try CamVidDataset(root: root).items(.train) }
      #expect(line?.contains("/train/more: is a folder with 1 image file, but only") == true)
    }
  }

  @Test(arguments: ["train", "trainannot"], [true, false])
  func whatIsNoFileIsNamed(folder: String, isPipe: Bool) throws {
    try withTemporaryFolder { root in
      try Layouts.camvid(root, train: 2)
      let url = root.appending(path: "\(folder)/0009.png")
      if isPipe {
        try #require(mkfifo(url.path, 0o644) == 0)
      } else {
        try files.createDirectory(at: url, withIntermediateDirectories: false)
      }
      let words = "/\(folder)/0009.png: is a \(isPipe ? "pipe" : "folder"), not a PNG file"
      let dataset = try CamVidDataset(root: root)
      #expect(problem { _ = try dataset.items(.train) }?.contains(words) == true)
      #expect(inspect(dataset).problems.contains { $0.description.contains(words) })
      #expect(problem { _ = try described(root).strayLabels() }?.contains(words) == true)
      let predictions = PredictionFiles(
        .samePath, predictions: root.appending(path: "train"),
        groundTruth: root.appending(path: "trainannot"))
      #expect(problem { _ = try predictions.pairs(partial: true) }?.contains(words) == true)
    }
  }

  private func described(_ root: URL) throws -> any Dataset {
    let rules = FolderRules(
      labels: .gray,
      classes: (0...11).map { FolderRules.Class(name: "\($0)", id: $0, color: [UInt8($0), 0, 0]) })
    let pair = FolderLayout.Pair(
      images: root.appending(path: "train"), labels: root.appending(path: "trainannot"),
      path: "train")
    return try FolderDescription(
      name: DatasetName(rawValue: "own"), file: "own.yml", rules: rules,
      layout: FolderLayout(source: .folders([.train: pair]))
    ).open()
  }

  @Test func pipeInAListIsNamed() throws {
    try withTemporaryFolder { root in
      try Layouts.camvid(root, train: 2)
      try Data("train/0000.png trainannot/0000.png\ntrain/0001.png trainannot/0001.png\n".utf8)
        .write(to: root.appending(path: "train.txt"))
      try files.removeItem(at: root.appending(path: "train/0001.png"))
      try #require(mkfifo(root.appending(path: "train/0001.png").path, 0o644) == 0)
      let line = problem { _ = try CamVidDataset(root: root).items(.train) }
      #expect(line?.contains("/train/0001.png: is a pipe, not a PNG file") == true)
    }
  }

  /// Where case matters, `Test.txt` is not the list of the test split.
  @Test func namesInAnotherCaseAreNamed() throws {
    try withTemporaryFolder { root in
      try Layouts.camvid(root, train: 2, height: 2, width: 12)
      let list = "test/0000.png testannot/0000.png\n"
      try Data(list.utf8).write(to: root.appending(path: "Test.txt"))
      let dataset = try CamVidDataset(root: root)
      let line = problem { _ = try dataset.items(.test) }
      #expect(line?.contains("/Test.txt: is not read because of upper and lower case") == true)
      #expect(try dataset.items(.train).count == 2)
      try Data(list.utf8).write(to: root.appending(path: "test.txt"))
      #expect(try dataset.items(.test).count == 1)
      #expect(
        inspect(dataset).remarks.map(\.problem)
          == ["1 file here is not read, but test.txt is: Test.txt"])
    }
  }

  @Test func sameNameInTwoUnicodeFormsIsNamed() throws {
    try withTemporaryFolder { root in
      try Layouts.camvid(root, train: 2)
      for folder in ["train", "trainannot"] {
        try rename(root, "\(folder)/0000.png", "\(folder)/\u{e9}.png")
        try rename(root, "\(folder)/0001.png", "\(folder)/e\u{301}.png")
      }
      let line = problem { _ = try CamVidDataset(root: root).items(.train) }
      #expect(line?.contains(": has the same name as another file here") == true)
    }
  }

  @Test func filesThatAListLeavesOutAreRemarks() throws {
    try withTemporaryFolder { root in
      try Layouts.camvid(root, train: 3, height: 2, width: 12)
      try Data("/x/train/0001.png /x/trainannot/0001.png\n".utf8)
        .write(to: root.appending(path: "train.txt"))
      let dataset = try CamVidDataset(root: root)
      #expect(try dataset.items(.train).map(\.name) == ["train/0001"])
      #expect(
        inspect(dataset).remarks.map(\.problem)
          == ["2 files here are not listed in train.txt: 0000.png, 0002.png"])
    }
  }

  /// What a list names is read, whatever its ending.
  @Test func upperCaseInAListIsRead() throws {
    try withTemporaryFolder { root in
      try Layouts.camvid(root, train: 1)
      for folder in ["train", "trainannot"] {
        try rename(root, "\(folder)/0000.png", "\(folder)/0000.PNG")
      }
      try Data("a/train/0000.PNG a/trainannot/0000.PNG\n".utf8)
        .write(to: root.appending(path: "train.txt"))
      let dataset = try CamVidDataset(root: root)
      let items = try dataset.items(.train)
      #expect(items.map(\.name) == ["train/0000"])
      #expect(try LabeledImage(reading: items[0], of: dataset).width == 8)
    }
  }

  @Test(arguments: [
    ("", "train.txt: lists no images"),
    ("a/train/0001.png a/trainannot/0001.png\nb/train/0001.png b/trainannot/0001.png\n", "twice"),
    ("a/train/0001.png,a/trainannot/0001.png\n", "line 1 is not an image path and a label path"),
  ])
  func listIsChecked(text: String, words: String) throws {
    try withTemporaryFolder { root in
      try Layouts.camvid(root, train: 3)
      try Data(text.utf8).write(to: root.appending(path: "train.txt"))
      let dataset = try CamVidDataset(root: root)
      #expect(problem { _ = try dataset.items(.train) }?.contains(words) == true)
      #expect(inspect(dataset).problems.contains { $0.description.contains(words) })
    }
  }

  /// A list that cannot be read must not make the folder take its place.
  @Test func listThatIsABrokenLinkIsAnError() throws {
    try withTemporaryFolder { root in
      try Layouts.camvid(root, train: 3)
      try files.createSymbolicLink(
        atPath: root.appending(path: "test.txt").path, withDestinationPath: "/nowhere/test.txt")
      let dataset = try CamVidDataset(root: root)
      let line = problem { _ = try dataset.items(.test) }
      #expect(line?.contains("is a link to /nowhere/test.txt, which does not exist") == true)
      #expect(inspect(dataset).problems.count == 1)
    }
  }

  private func cityscapes(_ root: URL) throws {
    for frame in ["aachen_000000_000019", "bonn_000000_000019"] {
      for split in ["train", "val"] {
        try Layouts.cityscapes(root, frame, ids: [7, 8, 0, 7], split: split)
      }
    }
  }

  @Test(arguments: ["leftImg8bit", "gtFine"])
  func cityOnADiskThatIsNotMountedIsAnError(part: String) throws {
    try withTemporaryFolder { root in
      try cityscapes(root)
      let city = root.appending(path: "\(part)/train/bonn")
      try files.removeItem(at: city)
      try files.createSymbolicLink(atPath: city.path, withDestinationPath: "/mnt/none/bonn")
      let dataset = try CityscapesDataset(root: root)
      let line = problem { _ = try dataset.items(.train) }
      #expect(line?.contains("/bonn: is a link to /mnt/none/bonn, which does not exist") == true)
      #expect(!inspect(dataset).problems.isEmpty)
      #expect(try dataset.items(.validation).count == 2)
    }
  }

  @Test func cityWithoutPermissionIsAnError() throws {
    // Nothing is forbidden to the superuser.
    if geteuid() == 0 { return }
    try withTemporaryFolder { root in
      try cityscapes(root)
      let city = root.appending(path: "gtFine/val/bonn").path
      try files.setAttributes([.posixPermissions: 0], ofItemAtPath: city)
      defer { try? files.setAttributes([.posixPermissions: 0o755], ofItemAtPath: city) }
      let dataset = try CityscapesDataset(root: root)
      #expect(problem { _ = try dataset.items(.validation) }?.contains("cannot be listed") == true)
    }
  }

  @Test func upperCaseGroundTruthOrPredictionIsNotLeftOut() throws {
    try withTemporaryFolder { root in
      for name in ["t/0.png", "t/1.png", "p/0.png", "p/1.png"] {
        try Data().write(to: try root.file(name))
      }
      func refused() -> String? {
        problem {
          _ = try PredictionFiles(
            .samePath, predictions: root.appending(path: "p"),
            groundTruth: root.appending(path: "t")
          ).pairs(partial: true)
        }
      }
      #expect(refused() == nil)
      try rename(root, "t/1.png", "t/1.PNG")
      #expect(refused()?.contains("/t/1.PNG: is a .PNG file") == true)
      try rename(root, "t/1.PNG", "t/1.png")
      try rename(root, "p/1.png", "p/1.PNG")
      #expect(refused()?.contains("/p/1.PNG: is a .PNG file") == true)
    }
  }

  @Test func linksToFoldersAreFollowedButNotInCircles() throws {
    try withTemporaryFolder { root in
      try Data().write(to: try root.file("t/a/0.png"))
      try Data().write(to: try root.file("p/a/0.png"))
      try Data().write(to: try root.file("elsewhere/1.png"))
      for folder in ["t", "p"] {
        try files.createSymbolicLink(
          at: root.appending(path: "\(folder)/b"),
          withDestinationURL: root.appending(path: "elsewhere"))
      }
      let found = PredictionFiles(
        .samePath, predictions: root.appending(path: "p"), groundTruth: root.appending(path: "t"))
      #expect(try found.pairs(partial: false).files.map(\.name) == ["a/0", "b/1"])
      try files.createSymbolicLink(
        at: root.appending(path: "t/a/up"), withDestinationURL: root.appending(path: "t"))
      #expect(
        problem { _ = try found.pairs(partial: false) }?.contains(
          "/t/a/up: is a link to a folder that it is in") == true)
    }
  }

  @Test func nameInAnotherUnicodeFormIsFoundByItsOwnBytes() throws {
    try withTemporaryFolder { root in
      try Layouts.camvid(root, train: 1)
      let (composed, decomposed) = ("caf\u{e9}.png", "cafe\u{301}.png")
      try rename(root, "train/0000.png", "train/\(decomposed)")
      try rename(root, "trainannot/0000.png", "trainannot/\(composed)")
      func check() throws {
        let item = try #require(try CamVidDataset(root: root).items(.train).first)
        #expect(try PNG.readColor(item.image).width == 8)
        #expect(try PNG.readIndices(item.label).width == 8)
      }
      try check()
      try Data("train/\(composed) trainannot/\(decomposed)\n".utf8)
        .write(to: root.appending(path: "train.txt"))
      try check()
    }
  }

  @Test func nameThatIsNotUTF8IsRefused() throws {
    try withTemporaryFolder { root in
      try Layouts.camvid(root, train: 1)
      let bytes = Array((root.path + "/train/caf").utf8) + [0xe9] + Array(".png".utf8) + [0]
      let descriptor = bytes.withUnsafeBufferPointer { bytes in
        bytes.withMemoryRebound(to: CChar.self) { open($0.baseAddress!, O_CREAT | O_WRONLY, 0o644) }
      }
      try #require(descriptor >= 0)
      close(descriptor)
      let line = problem { _ = try CamVidDataset(root: root).items(.train) }
      #expect(
        line?.contains("/train/caf?.png: has a name that is not UTF-8") == true, "\(line ?? "")")
    }
  }

  @Test func randomScenesAreNotASequence() throws {
    try withTemporaryFolder { root in
      for folder in ["RGB", "GT/LABELS"] {
        try PNG.writeGray(
          height: 1, width: 1, bytes: [0], to: try root.file("\(folder)/0000000.png"))
      }
      let line = problem { _ = try SynthiaDataset(root: root, split: .shuffled) }
      #expect(line?.contains("SYNTHIA-RAND-CITYSCAPES") == true)
      #expect(line?.contains("recallbench data new") == true)
    }
  }
}
