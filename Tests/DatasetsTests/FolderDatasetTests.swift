import Datasets
import Files
import Foundation
import Tensors
import Testing

/// Data sets that their users describe, without the YAML.
@Suite struct FolderDatasetTests {
  private static let gray = FolderRules(
    labels: .gray,
    classes: [
      FolderRules.Class(name: "low", id: 3, color: [1, 2, 3]),
      FolderRules.Class(name: "high", id: 700, color: [4, 5, 6]),
    ], ignored: [.id(0)])
  private static let rgb = FolderRules(
    labels: .rgb,
    classes: [
      FolderRules.Class(name: "red", id: nil, color: [255, 0, 0]),
      FolderRules.Class(name: "blue", id: nil, color: [0, 0, 255]),
    ], ignored: [LabelValue(color: [0, 0, 0])])

  private func image(_ root: URL, _ path: String, height: Int = 2, width: Int = 3) throws {
    try PNG.write(Layouts.image(1, height: height, width: width), to: try root.file(path))
  }

  private func ids(_ root: URL, _ path: String, _ ids: [UInt16], bits: Int = 16) throws {
    try PNG.write(
      PNGImage(height: 2, width: ids.count / 2, channels: 1, bitDepth: bits, samples: ids),
      to: try root.file(path))
  }

  private func description(
    _ root: URL, _ rules: FolderRules = gray, naming: LabelNaming = LabelNaming(),
    splits: [Split: (String, String)] = [.train: ("a", "b"), .test: ("c", "d")]
  ) -> FolderDescription {
    let pairs = splits.mapValues { images, labels in
      FolderLayout.Pair(
        images: root.appending(path: images), labels: root.appending(path: labels), path: images)
    }
    return FolderDescription(
      name: DatasetName(rawValue: "own"), file: "own.yml", rules: rules,
      layout: FolderLayout(source: .folders(pairs), naming: naming))
  }

  /// A sound pair in each split.
  private func fill(_ root: URL) throws {
    for (images, labels) in [("a", "b"), ("c", "d")] {
      try image(root, "\(images)/0.png")
      try ids(root, "\(labels)/0.png", [0, 3, 700, 3, 3, 0])
    }
  }

  private func problem(_ body: () throws -> Void) -> String? {
    do { try body() } catch { return (error as? UserError)?.description }
    return nil
  }

  @Test func idsOf16BitsBecomeTrainingIdsAndBack() throws {
    try withTemporaryFolder { root in
      try fill(root)
      let dataset = try description(root).open()
      let item = try dataset.items(.train)[0]
      #expect(item.name == "a/0")
      #expect(try dataset.readLabels(item).ids == [255, 0, 1, 0, 0, 255])
      let table = description(root).descriptor.labels
      let file = root.appending(path: "written.png")
      let labels = LabelImage(height: 1, width: 3, ids: [0, 1, 2])
      try table.write(labels, to: file)
      #expect(try PNG.readIndices(file).samples == [3, 700, 0])
      #expect(try PNG.readIndices(file).bitDepth == 16)
      #expect(try table.readIds(file) == labels)
      #expect(table.ignored == [2] && table.names == ["low", "high", "ignored"])
    }
  }

  @Test func colorsBecomeTrainingIdsAndBack() throws {
    try withTemporaryFolder { root in
      try image(root, "a/0.png")
      try image(root, "c/0.png")
      let colors: [UInt8] = [255, 0, 0, 0, 0, 255, 0, 0, 0, 0, 0, 255, 0, 0, 255, 255, 0, 0]
      let picture = ColorImage(height: 2, width: 3, bytes: colors)
      for folder in ["b", "d"] { try PNG.write(picture, to: try root.file("\(folder)/0.png")) }
      let dataset = try description(root, Self.rgb).open()
      #expect(try dataset.readLabels(dataset.items(.test)[0]).ids == [0, 1, 255, 1, 1, 0])
      let file = root.appending(path: "written.png")
      let labels = LabelImage(height: 1, width: 2, ids: [1, 0])
      let table = description(root, Self.rgb).descriptor.labels
      try table.write(labels, to: file)
      #expect(try PNG.readColor(file).bytes == [0, 0, 255, 255, 0, 0])
      #expect(try table.readIds(file) == labels)
    }
  }

  @Test func paletteIndicesAreIds() throws {
    try withTemporaryFolder { root in
      let source = Folders.fixtures.appending(path: "png/palette2.png")
      let indices = try PNG.readIndices(source)
      try image(root, "a/0.png", height: indices.height, width: indices.width)
      try image(root, "c/0.png", height: indices.height, width: indices.width)
      for folder in ["b", "d"] {
        try FileManager.default.copyItem(at: source, to: try root.file("\(folder)/0.png"))
      }
      let rules = FolderRules(
        labels: .palette,
        classes: (0..<4).map { (id: Int) in
          FolderRules.Class(name: "\(id)", id: id, color: [0, 0, 0])
        })
      let dataset = try description(root, rules).open()
      #expect(
        try dataset.readLabels(dataset.items(.train)[0]).ids == indices.samples.map { UInt8($0) })
    }
  }

  @Test func aValueWithoutAClassIsNamedWithFileAndCount() throws {
    try withTemporaryFolder { root in
      try fill(root)
      try image(root, "a/1.png")
      try image(root, "a/2.png")
      for name in ["1", "2"] { try ids(root, "b/\(name).png", [9, 3, 700, 9, 3, 0]) }
      let dataset = try description(root).open()
      let file = root.appending(path: "b/1.png").path
      let advice = "which no class has; add it to the description's classes, or to ignored"
      let items = try dataset.items(.train)
      #expect(
        problem { _ = try dataset.readLabels(items[1]) }
          == "\(file): 2 pixels have the label id 9, \(advice)")
      // The inspection counts over all files and names the first.
      let inspection = DatasetInspection(of: dataset, compute: Compute(threads: 2))
      #expect(
        inspection.problems.map(\.description) == [
          "\(file): 4 pixels in 2 files (this is the first) have the label id 9, \(advice)"
        ])
      let picture = ColorImage(height: 1, width: 2, bytes: [255, 0, 0, 7, 8, 9])
      try PNG.write(picture, to: root.appending(path: "b/0.png"))
      let colored = try description(root, Self.rgb).open()
      #expect(
        problem { _ = try colored.readLabels(items[0]) }
          == "\(root.path)/b/0.png: 1 pixel has the color [7, 8, 9], \(advice)")
    }
  }

  @Test func filesOfAnotherTypeAreNamed() throws {
    try withTemporaryFolder { root in
      try fill(root)
      let item = try description(root).open().items(.train)[0]
      let colors = try description(root, Self.rgb).open()
      #expect(
        problem { _ = try colors.readLabels(item) }?.hasSuffix(
          "b/0.png: has 1 channel of 16 bits, but label_type is rgb; write gray or palette if "
            + "numbers are ids") == true)
      try image(root, "b/0.png")
      let ids = try description(root).open()
      #expect(
        problem { _ = try ids.readLabels(item) }?.hasSuffix(
          "b/0.png: has 3 channels of 8 bits, but label_type is gray; write rgb if colors are "
            + "classes, else give files with one channel of ids") == true)
    }
  }

  @Test func pairsThatDoNotMatchAreNamed() throws {
    try withTemporaryFolder { root in
      try fill(root)
      try image(root, "a/lone.png")
      #expect(
        problem { _ = try description(root).open().items(.train) }
          == "\(root.path)/a/lone.png: image without label file; lone.png is missing")
      try FileManager.default.removeItem(at: root.appending(path: "a/lone.png"))
      try ids(root, "b/stray.png", [3, 3])
      #expect(
        try description(root).open().strayLabels().map(\.description) == [
          "\(root.path)/b/stray.png: label file without image"
        ])
      try image(root, "a/0.png", height: 5, width: 5)
      let dataset = try description(root).open()
      #expect(
        problem { _ = try LabeledImage(reading: dataset.items(.train)[0], of: dataset) }
          == "\(root.path)/a/0.png: is 5 x 5 pixels, but its label file \(root.path)/b/0.png is 3 x 2"
      )
    }
  }

  @Test func anImageInTwoSplitsIsRefused() throws {
    try withTemporaryFolder { root in
      try fill(root)
      let twice = description(root, splits: [.train: ("a", "b"), .test: ("a", "b")])
      #expect(
        problem { _ = try twice.open() }
          == "\(root.path)/a/0.png: appears in the train and the test split; an image belongs to "
          + "one split, once")
      // Under another name too.
      try FileManager.default.createSymbolicLink(
        at: root.appending(path: "linked"), withDestinationURL: root.appending(path: "a"))
      let linked = description(root, splits: [.train: ("a", "b"), .test: ("linked", "b")])
      #expect(
        problem { _ = try linked.open() }?.contains("in the train and the test split") == true)
    }
  }

  @Test func aJPEGFileIsToldHowToConvert() throws {
    try withTemporaryFolder { root in
      try fill(root)
      let jpeg = Data([0xFF, 0xD8, 0xFF, 0xE0, 0, 16])
      try jpeg.write(to: try root.file("a/1.jpg"))
      #expect(
        problem { _ = try description(root).open() }
          == "\(root.path)/a/1.jpg: is a JPEG file, but only PNG is read; convert the folder: "
          + "mogrify -format png \(root.path)/a/*.jpg")
      // What mogrify leaves beside its result is passed over.
      try image(root, "a/1.png")
      try ids(root, "b/1.png", [3, 3, 3, 3, 3, 3])
      #expect(try description(root).open().items(.train).map(\.name) == ["a/0", "a/1"])
      try jpeg.write(to: root.appending(path: "a/1.png"))
      let error = #expect(throws: UserError.self) {
        try PNG.readColor(root.appending(path: "a/1.png"))
      }
      #expect(error?.problem.hasPrefix("is a JPEG file, but only PNG is read") == true)
    }
  }

  @Test func missingFoldersAndSplitsAreNamed() throws {
    try withTemporaryFolder { root in
      #expect(
        problem { _ = try description(root).open() }?.hasSuffix(
          ": no such folder; give the folder that holds images") == true)
      try fill(root)
      #expect(
        problem { _ = try description(root).open().items(.validation) }
          == "own has no validation split; its description has train, test")
    }
  }

  @Test func namesAreExchangedAndMayShareAFolder() throws {
    try withTemporaryFolder { root in
      for city in ["x", "y"] {
        try image(root, "all/\(city)/img_0_rgb.png")
        try ids(root, "all/\(city)/lab_0_L.png", [3, 3, 3, 3, 3, 3])
        try image(root, "all/\(city)/lab_0_color.png")
      }
      try image(root, "c/img_0_rgb.png")
      try ids(root, "c/lab_0_L.png", [3, 3, 3, 3, 3, 3])
      let naming = LabelNaming(
        prefix: LabelNaming.Exchange(image: "img", label: "lab"),
        suffix: LabelNaming.Exchange(image: "_rgb", label: "_L"))
      let dataset = try description(
        root, naming: naming, splits: [.train: ("all", "all"), .test: ("c", "c")]
      ).open()
      #expect(try dataset.items(.train).map(\.name) == ["all/x/img_0_rgb", "all/y/img_0_rgb"])
      #expect(try dataset.strayLabels().isEmpty)
      #expect(
        try dataset.predictionTargets(.train).map(\.prediction) == [
          "x/lab_0_L.png", "y/lab_0_L.png",
        ])
      // Where only label files have an end.
      try image(root, "e/0.png")
      try ids(root, "e/0_L.png", [3, 3, 3, 3, 3, 3])
      let ended = LabelNaming(suffix: LabelNaming.Exchange(label: "_L"))
      try image(root, "f/1.png")
      try ids(root, "f/1_L.png", [3, 3, 3, 3, 3, 3])
      let shared = try description(
        root, naming: ended, splits: [.train: ("e", "e"), .test: ("f", "f")]
      ).open()
      #expect(try shared.items(.train).map(\.name) == ["e/0"])
      #expect(try shared.strayLabels().isEmpty)
    }
  }

  private func divided(_ root: URL, _ split: SeededSplit) throws -> [Split: [String]] {
    let pair = FolderLayout.Pair(
      images: root.appending(path: "i"), labels: root.appending(path: "l"), path: "i")
    var rules = Self.gray
    rules.split = split
    let dataset = try FolderDescription(
      name: DatasetName(rawValue: "own"), file: "own.yml", rules: rules,
      layout: FolderLayout(source: .divided(pair, split))
    ).open()
    return try Split.allCases.reduce(into: [:]) { $0[$1] = try dataset.items($1).map(\.name) }
  }

  @Test func oneFolderIsDividedBySeedAndGroup() throws {
    try withTemporaryFolder { root in
      for drive in 0..<10 {
        for frame in 0..<4 {
          try image(root, "i/d\(drive)/\(frame).png")
          try ids(root, "l/d\(drive)/\(frame).png", [3, 3, 3, 3, 3, 3])
        }
      }
      let plain = SeededSplit(ratios: [0.7, 0.1, 0.2], seed: 1)
      let parts = try divided(root, plain)
      #expect(Split.allCases.map { parts[$0]?.count } == [28, 4, 8])
      #expect(Set(parts.values.joined()).count == 40)
      #expect(try divided(root, plain) == parts)
      #expect(try divided(root, SeededSplit(ratios: [0.7, 0.1, 0.2], seed: 2)) != parts)
      let grouped = try divided(
        root, SeededSplit(ratios: [0.7, 0.1, 0.2], seed: 1, group: "^(d.)/"))
      #expect(Split.allCases.map { grouped[$0]?.count } == [28, 4, 8])
      let drives = grouped.values.map { Set($0.map { $0.prefix(4) }) }
      #expect(drives.map(\.count).reduce(0, +) == 10, "a drive is in two splits")
      #expect(
        problem {
          _ = try divided(root, SeededSplit(ratios: [0.7, 0.1, 0.2], seed: 1, group: "x"))
        }?
        .hasSuffix(
          "i/d0/0.png: has no group: its path does not match the description's group 'x'") == true)
    }
  }

  @Test func expressionThatHardlyEndsIsStopped() throws {
    let (folder, stem) = (URL(filePath: "/images"), String(repeating: "a", count: 15))
    let groups = try NameGroups(pattern: "^(a+)+b?", folder: folder).groups(of: [stem])
    #expect(groups == [stem: stem])
    let slow = NameGroups(pattern: "^(a+)+b", folder: folder, seconds: 0.01)
    #expect(
      problem { _ = try slow.groups(of: [stem]) }
        == "/images/\(stem).png: takes more than 0.01 s to compare with the description's group "
        + "'^(a+)+b'; use an expression without repetitions of repetitions")
    #expect(
      problem { _ = try NameGroups(pattern: "(", folder: folder).groups(of: [stem]) }
        == "/images: the description's group '(' is not a valid regular expression")
  }

  @Test func listsNamePairs() throws {
    try withTemporaryFolder { root in
      try fill(root)
      func open(_ text: String) throws -> any Dataset {
        try Data(text.utf8).write(to: root.appending(path: "train.txt"))
        try Data("c/0.png d/0.png\n".utf8).write(to: root.appending(path: "test.txt"))
        let lists = [Split.train: "train.txt", .test: "test.txt"].mapValues {
          root.appending(path: $0)
        }
        return try FolderDescription(
          name: DatasetName(rawValue: "own"), file: "own.yml", rules: Self.gray,
          layout: FolderLayout(source: .lists(lists, root: root))
        ).open()
      }
      #expect(try open("# pairs\na/0.png b/0.png\n\n").items(.train).map(\.name) == ["a/0"])
      #expect(
        problem { _ = try open("a/0.png\n") }
          == "\(root.path)/train.txt: line 1 is not an image path and a label path")
      #expect(
        problem { _ = try open("\na/9.png b/0.png\n") }
          == "\(root.path)/a/9.png: listed in train.txt line 2, but there is no such file")
      #expect(
        problem { _ = try open("c/0.png d/0.png\n") }?.contains("in the train and the test split")
          == true)
      #expect(
        problem { _ = try open("a/0.png b/0.png\na/0.png b/0.png\n") }?
          .contains("appears twice in the train split") == true)
    }
  }

  @Test func minorityAndNormalizationAreCounted() throws {
    try withTemporaryFolder { root in
      try fill(root)
      let table = try description(root).open().classes
      #expect(table.countsMinority && table.minority.isEmpty)
      #expect(table.counted([1, 99]).minority == [0])
      #expect(table.counted([2, 98]).minority == [])
      var rules = Self.gray
      rules.minority = ["high"]
      #expect(rules.classTable.counted([1, 99]).minority == [1])
      let dataset = try description(root).open()
      let store = ImageStore(
        dataset: dataset, items: try dataset.items(.train), height: 2, width: 3)
      let counted = try Normalization(counting: store, compute: Compute(threads: 2))
      let bytes = try store.sample(0).image.bytes
      for channel in 0..<3 {
        let values = stride(from: channel, to: bytes.count, by: 3).map { Double(bytes[$0]) / 255 }
        let mean = values.reduce(0, +) / Double(values.count)
        let variance = values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(values.count)
        #expect(abs(counted.mean[channel] - mean) < 1e-12)
        #expect(abs(counted.deviation[channel] - max(1.0 / 255, variance.squareRoot())) < 1e-12)
      }
    }
  }

  /// The table of `Normalization.imageNet` is what `Float` literals gave before there was a choice.
  @Test func imageNetsStatisticsAreThoseOfFloat() {
    let (mean, deviation): ([Float], [Float]) = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
    #expect(Normalization.imageNet.mean.map { Float($0) } == mean)
    #expect(Normalization.imageNet.deviation.map { Float($0) } == deviation)
  }
}
