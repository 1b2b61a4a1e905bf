import Datasets
import Files
import Foundation
import Tensors
import Testing

@Suite struct SynthiaDatasetTests {
  private static let views = ["Left", "Right"].flatMap { side in
    ["B", "F", "L", "R"].map { "Stereo_\(side)/Omni_\($0)" }
  }

  /// Empty files suffice where only names are looked at.
  private func touch(_ root: URL, frames: Int) throws {
    for view in Self.views {
      for folder in ["RGB", "GT/LABELS"] {
        let url = root.appendingPathComponent("\(folder)/\(view)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        for i in 0..<frames {
          let file = url.appendingPathComponent(String(format: "%06d.png", i)).path
          #expect(FileManager.default.createFile(atPath: file, contents: nil))
        }
      }
    }
  }

  @Test(
    "787 frames of 8 views divide as in the paper", arguments: [SplitScheme.shuffled, .blocked])
  func paperSplit(scheme: SplitScheme) throws {
    try withTemporaryFolder { root in
      try touch(root, frames: 787)
      let dataset = try SynthiaDataset(root: root, split: scheme)
      let parts = try Split.allCases.map { try dataset.items($0).map(\.name) }
      #expect(parts.map(\.count) == [4400, 624, 1272])
      #expect(Set(parts.joined()).count == 6296)
      for view in Self.views {
        #expect(parts.map { $0.count { $0.hasPrefix(view) } } == [550, 78, 159])
      }
      let first = parts[0].prefix(550).map { String($0.suffix(6)) }
      let second = parts[0][550..<1100].map { String($0.suffix(6)) }
      let consecutive = (0..<550).map { String(format: "%06d", $0) }
      #expect((first == consecutive) == (scheme == .blocked))
      #expect((first == second) == (scheme == .blocked))
      #expect(try SynthiaDataset(root: root, split: scheme).items(.train).map(\.name) == parts[0])
      let other = try SynthiaDataset(root: root, split: scheme, splitSeed: 1).items(.train)
      #expect((other.map(\.name) == parts[0]) == (scheme == .blocked))
    }
  }

  @Test func idsBecomeTrainingIds() throws {
    try withTemporaryFolder { root in
      let view = "Stereo_Left/Omni_F"
      try Layouts.synthia(root, view, 0, ids: Array(0...15))
      try Layouts.synthia(root, view, 1, ids: [0])
      let dataset = try SynthiaDataset(root: root, split: .blocked)
      let item = try #require(try dataset.items(.train).first)
      #expect(item.name == "Stereo_Left/Omni_F/000000")
      let void = LabelMap.ignored
      #expect(
        try dataset.readLabels(item).ids
          == [void, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, void, void, 12])
      #expect(dataset.classes.names[12] == "traffic light")
      #expect(dataset.classes.minority == [6, 7, 8, 9, 10, 12])
    }
  }

  /// 14 classes as in the authors' code: ids 0 to 12 are their own training ids, 15 is 13.
  @Test func voidCanBeTheFirstClass() throws {
    try withTemporaryFolder { root in
      let view = "Stereo_Left/Omni_F"
      try Layouts.synthia(root, view, 0, ids: Array(0...15))
      try Layouts.synthia(root, view, 1, ids: [0])
      let counting = try #require(DatasetDescriptor.synthia.countingVoid)
      let dataset = try counting.open(root, split: .blocked)
      let item = try #require(try dataset.items(.train).first)
      let ignored = LabelMap.ignored
      #expect(
        try dataset.readLabels(item).ids
          == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, ignored, ignored, 13])
      #expect(dataset.classes == counting.classes && dataset.name == .synthia)
      #expect(dataset.classes.names == ["void"] + ClassTable.synthia.names)
      #expect(dataset.classes.minority == [7, 8, 9, 10, 11, 13])
      #expect(counting.labels.fileIds == [0] + SynthiaDataset.fileIds)
      #expect(counting.labels.names == LabelTable.synthia.names)
      #expect(counting.labels.ignored == [13, 14])
      // The same images in the same order.
      let plain = try DatasetDescriptor.synthia.open(root, split: .blocked)
      #expect(try plain.items(.train) == dataset.items(.train))
    }
    #expect(DatasetRegistry.all.filter { $0.countingVoid != nil }.map(\.name) == [.synthia])
  }

  @Test func unknownIdNamesFileIdAndPlace() throws {
    try withTemporaryFolder { root in
      try Layouts.synthia(root, "Stereo_Left/Omni_F", 0, ids: [1, 2, 16])
      try Layouts.synthia(root, "Stereo_Left/Omni_F", 1, ids: [1, 2, 3])
      let dataset = try SynthiaDataset(root: root, split: .blocked)
      let item = try #require(try dataset.items(.train).first)
      let error = #expect(throws: UserError.self) { try dataset.readLabels(item) }
      #expect(error?.path == item.label.path)
      #expect(error?.problem.hasPrefix("label id 16 at row 0, column 2") == true)
    }
  }

  @Test func sequenceFolderIsFoundBelowTheRoot() throws {
    try withTemporaryFolder { root in
      let sequence = "SYNTHIA-SEQS-05-SUMMER"
      for i in 0..<2 {
        try Layouts.synthia(
          root.appendingPathComponent(sequence), "Stereo_Left/Omni_F", i, ids: [1])
      }
      let dataset = try openDataset(.synthia, root: root, split: .shuffled)
      #expect(try dataset.items(.train).count == 1)
      _ = try root.file("SYNTHIA-SEQS-01-DAWN/RGB/x")
      let error = #expect(throws: UserError.self) {
        try openDataset(.synthia, root: root, split: .shuffled)
      }
      #expect(error?.problem.contains("SYNTHIA-SEQS-01-DAWN, SYNTHIA-SEQS-05-SUMMER") == true)
    }
  }

  @Test func imageWithoutLabelIsAnError() throws {
    try withTemporaryFolder { root in
      for i in 0..<2 { try Layouts.synthia(root, "Stereo_Left/Omni_F", i, ids: [1]) }
      try FileManager.default.removeItem(
        at: root.appendingPathComponent("GT/LABELS/Stereo_Left/Omni_F/000000.png"))
      let dataset = try SynthiaDataset(root: root, split: .blocked)
      let error = #expect(throws: UserError.self) { try dataset.items(.train) }
      #expect(error?.path?.hasSuffix("RGB/Stereo_Left/Omni_F/000000.png") == true)
      #expect(error?.problem.contains("without label") == true)
      #expect(try dataset.strayLabels().isEmpty)
    }
  }

  @Test func labelWithoutImageIsReportedOnly() throws {
    try withTemporaryFolder { root in
      for i in 0..<3 { try Layouts.synthia(root, "Stereo_Left/Omni_F", i, ids: [1]) }
      try FileManager.default.removeItem(
        at: root.appendingPathComponent("RGB/Stereo_Left/Omni_F/000002.png"))
      let dataset = try SynthiaDataset(root: root, split: .blocked)
      #expect(try dataset.items(.train).map(\.name) == ["Stereo_Left/Omni_F/000000"])
      #expect(
        try dataset.strayLabels() == [
          UserError(
            path: root.appendingPathComponent("GT/LABELS/Stereo_Left/Omni_F/000002.png").path,
            problem: "label file without image")
        ])
    }
  }

  @Test("The hand-made files of the SYNTHIA layout", .enabled(if: Folders.exist(Folders.synthia)))
  func handMadeFiles() throws {
    let dataset = try SynthiaDataset(root: Folders.synthia, split: .blocked)
    let items = try dataset.items(.train) + dataset.items(.test)
    #expect(items.count == 4)
    for item in items {
      let labels = try dataset.readLabels(item)
      // The class as another reader of 16-bit files sees it.
      let stored = try PNG.read(item.label)
      #expect(stored.bitDepth == 16 && stored.height == 1 && stored.width == 5)
      for x in 0..<5 {
        let id = Int(stored.samples[x * 3])
        let training = SynthiaDataset.fileIds.firstIndex(of: id).map { UInt8($0) }
        #expect(labels.ids[x] == training ?? LabelMap.ignored)
      }
    }
    #expect(
      try items.contains { try dataset.readLabels($0).ids.contains { $0 != LabelMap.ignored } })
  }
}
