import Datasets
import Files
import Foundation
import Testing

/// Optimizers of files store a gray image as indices into its grays, in any order.
@Suite struct GrayPaletteTests {
  private func gray(_ values: [UInt8]) -> [UInt8] { values.flatMap { [$0, $0, $0] } }

  private func write(_ root: URL, _ indices: [UInt8], _ palette: [UInt8]) throws -> URL {
    let url = try root.file("trainannot/0000.png")
    try PalettePNG.data(width: indices.count, indices: indices, palette: palette).write(to: url)
    return url
  }

  @Test(arguments: [[3, 0, 2], [0, 2, 3]] as [[UInt8]])
  func graysOfAReorderedPaletteAreTheIds(palette: [UInt8]) throws {
    try withTemporaryFolder { root in
      let url = try write(root, [0, 1, 2, 1], gray(palette))
      let expected = [0, 1, 2, 1].map { UInt16(palette[$0]) }
      #expect(try PNG.readGrays(url).samples == expected)
      #expect(try PNG.readIndices(url).samples == [0, 1, 2, 1])
      #expect(try LabelTable.camvid.readIds(url).ids == expected.map { UInt8($0) })
    }
  }

  @Test func indicesIntoColorsStayIds() throws {
    try withTemporaryFolder { root in
      let url = try write(root, [0, 1, 2], [0, 0, 0, 128, 0, 0, 128, 128, 128])
      #expect(try PNG.readGrays(url).samples == [0, 1, 2])
      // Grays alone are used, and each is its own index.
      let same = try write(root, [0, 1, 1], gray([0, 1]) + [9, 8, 7])
      #expect(try PNG.readGrays(same).samples == [0, 1, 1])
    }
  }

  @Test func describedGraysAreGraysToo() throws {
    try withTemporaryFolder { root in
      let url = try write(root, [0, 1, 1], gray([200, 100]))
      let rules = FolderRules(
        labels: .gray,
        classes: [
          FolderRules.Class(name: "a", id: 100, color: [1, 2, 3]),
          FolderRules.Class(name: "b", id: 200, color: [4, 5, 6]),
        ])
      let table = DatasetDescriptor(DatasetName(rawValue: "own"), rules).labels
      #expect(try table.readIds(url).ids == [1, 0, 0])
    }
  }

  @Test func palettesThatContradictEachOtherAreRefused() throws {
    try withTemporaryFolder { root in
      let palettes: [[UInt8]] = [
        [0, 0, 0, 128, 0, 0, 9, 9, 9], [0, 0, 0, 128, 0, 0], [128, 0, 0, 0, 0, 0],
      ]
      for (number, palette) in palettes.enumerated() {
        try PNG.write(Layouts.image(1, height: 1, width: 2), to: try root.file("a/\(number).png"))
        try PalettePNG.data(width: 2, indices: [0, 1], palette: palette)
          .write(to: try root.file("b/\(number).png"))
      }
      let rules = FolderRules(
        labels: .palette,
        classes: [
          FolderRules.Class(name: "no", id: 0, color: [1, 2, 3]),
          FolderRules.Class(name: "yes", id: 1, color: [4, 5, 6]),
        ])
      let pair = FolderLayout.Pair(
        images: root.appending(path: "a"), labels: root.appending(path: "b"), path: "a")
      let dataset = try FolderDescription(
        name: DatasetName(rawValue: "own"), file: "own.yml", rules: rules,
        layout: FolderLayout(source: .folders([.train: pair]))
      ).open()
      let items = try dataset.items(.train)
      for item in items.prefix(2) { #expect(try dataset.readLabels(item).ids == [0, 1]) }
      let error = #expect(throws: UserError.self) { try dataset.readLabels(items[2]) }
      #expect(
        error?.problem.hasPrefix("its palette has another color at index 0 than that of") == true)
    }
  }
}
