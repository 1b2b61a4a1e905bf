import Datasets
import Files
import Foundation
import Testing

/// The palettes of one data set agree where they say something.
@Suite struct PaletteMemoryTests {
  private static let (red, green, black): ([UInt8], [UInt8], [UInt8]) = (
    [255, 0, 0], [0, 255, 0], [0, 0, 0]
  )

  /// A label file: indices, and its palette; nil: plain gray.
  struct Label: Sendable {
    var indices: [UInt8]
    var palette: [[UInt8]]?

    init(_ indices: [UInt8], _ palette: [[UInt8]]? = nil) {
      (self.indices, self.palette) = (indices, palette)
    }
  }

  private static func grays(_ values: [UInt8]) -> [[UInt8]] { values.map { [$0, $0, $0] } }

  /// What reading the files one after another as ids of CamVid, or of a description, gives.
  private func read(_ labels: [Label], _ type: FolderRules.LabelType?) throws -> [[UInt8]] {
    let classes = (0...11).map {
      FolderRules.Class(name: "\($0)", id: $0, color: [9, UInt8($0), 9])
    }
    let table = type.map {
      DatasetDescriptor(
        DatasetName(rawValue: "own"), FolderRules(labels: $0, classes: classes)
      ).labels
    }
    return try withTemporaryFolder { root in
      let palettes = PaletteMemory()
      return try labels.enumerated().map { number, label in
        let url = try root.file("\(number).png")
        if let palette = label.palette {
          try PalettePNG.data(
            width: label.indices.count, indices: label.indices, palette: palette.flatMap { $0 }
          ).write(to: url)
        } else {
          try PNG.writeGray(height: 1, width: label.indices.count, bytes: label.indices, to: url)
        }
        return try (table ?? .camvid).readIds(url, comparing: palettes).ids
      }
    }
  }

  private static let camvid = ClassTable.camvid.entries.map(\.color) + [black]

  @Test(
    arguments: [
      [Label([0, 1], [red, green]), Label([1, 0], [green, red])],
      // No index occurs in both.
      [Label([0, 1], [red, green]), Label([2, 2], [green, black, red])],
      [Label([0, 1], [red, green]), Label([0, 0], [green])],
      // A gray palette at its own indices.
      [Label([0, 1], [red, green]), Label([0, 1], grays([0, 1]))],
    ], [nil, .gray, .palette] as [FolderRules.LabelType?])
  func contradictionIsRefused(labels: [Label], type: FolderRules.LabelType?) throws {
    let error = #expect(throws: UserError.self) { try read(labels, type) }
    #expect(error?.path?.hasSuffix("/1.png") == true)
    #expect(error?.problem.contains("/0.png") == true)
    #expect(error?.problem.hasPrefix("its palette has another color at index") == true)
  }

  @Test(
    arguments: [
      // One palette for all files, in which two classes may have one color.
      [Label([0, 1], [red, green, red]), Label([2, 2], [red, green, red])],
      // Unused entries and lengths differ.
      [
        Label([0, 1], [red, green, black]), Label([0, 1], [red, green]),
        Label([1], [black, green]),
      ],
      [Label([0, 1]), Label([0, 1], grays([0, 1, 2])), Label([3, 2], grays([0, 1, 2, 3]))],
      // Predictions are often written without a palette.
      [Label([0, 1], [red, green]), Label([1, 2])],
      [Label([0, 11], camvid), Label([11, 11], camvid), Label([0, 0], camvid)],
    ], [nil, .gray, .palette] as [FolderRules.LabelType?])
  func agreementIsRead(labels: [Label], type: FolderRules.LabelType?) throws {
    #expect(try read(labels, type) == labels.map(\.indices))
  }

  /// Each file may be optimized by itself; their grays are the ids.
  @Test func reorderedGraysAgree() throws {
    let labels = [
      Label([0, 1], Self.grays([7, 11])), Label([0, 1]), Label([1, 0], Self.grays([7, 0])),
    ]
    for type in [nil, .gray] as [FolderRules.LabelType?] {
      #expect(try read(labels, type) == [[7, 11], [0, 1], [0, 7]])
    }
  }

  @Test func graysAndIndicesInOneDataSetAreRefused() throws {
    let (gray, colors) = (Label([0, 1], Self.grays([7, 11])), Label([4, 5], Self.camvid))
    for labels in [[gray, colors], [colors, gray]] {
      for type in [nil, .gray] as [FolderRules.LabelType?] {
        let error = #expect(throws: UserError.self) { try read(labels, type) }
        #expect(error?.problem.contains("are no grays of a palette") == true)
      }
    }
    // Where indices are ids, plain files beside a palette that looks like reordered ids.
    for labels in [[gray, Label([0, 1])], [Label([0, 1]), gray]] {
      let error = #expect(throws: UserError.self) { try read(labels, .palette) }
      #expect(error?.problem.contains("are no grays of a palette") == true)
    }
    let ramp = Label([0, 1, 2], Self.grays([0, 23, 46]))
    #expect(try read([ramp, Label([0, 1])], .palette) == [[0, 1, 2], [0, 1]])
    #expect(try read([gray, gray], .palette) == [[0, 1], [0, 1]])
  }

  @Test func colorsAmongMisplacedGraysAreRefused() throws {
    let mixed = Label([0, 1, 2, 3], Self.grays([7, 11, 0]) + [[9, 8, 7]])
    for type in [nil, .gray] as [FolderRules.LabelType?] {
      let error = #expect(throws: UserError.self) { try read([mixed], type) }
      #expect(error?.problem.hasPrefix("its palette mixes colors with grays") == true)
    }
    // Grays that are no ids are colors of classes.
    let display = Label([0, 1, 2, 3], Self.grays([70, 110, 0]) + [[9, 8, 7]])
    #expect(try read([display], nil) == [[0, 1, 2, 3]])
  }
}
