import Datasets
import Files
import Foundation
import Tensors

extension FuzzTarget {
  static let images = [
    FuzzTarget(
      name: "png-image", title: "PNG, as images", memoryFactor: 1032 * 8 * 12, seeds: pngSeeds,
      mutator: MixedMutator(PNGMutator(), ByteMutator())
    ) { input, place in
      let url = try place.write(input, to: "a.png")
      let stated = PNG.statedSize(url)
      let image = try PNG.readColor(url)
      guard stated == [image.height, image.width] else { throw Contradiction("size") }
      let whole = try PNG.read(url)
      return "\(whole.channels) channels of \(whole.bitDepth)"
    },
    FuzzTarget(
      name: "png-labels", title: "PNG, as label files", memoryFactor: 1032 * 8 * 12,
      seeds: pngSeeds,
      mutator: MixedMutator(PNGMutator(), ByteMutator())
    ) { input, place in
      let url = try place.write(input, to: "a.png")
      let raw = try PNG.readIndices(url)
      let grays = try PNG.readGrays(url)
      guard raw.samples.count == grays.samples.count else { throw Contradiction("samples") }
      // Each data set refuses what is not of its own type: all are asked.
      let read = labelTables.map { table -> String in
        do {
          let labels = try table.readIds(url)
          return labels.ids.allSatisfy { Int($0) < table.labels.count } ? "1" : "beyond the table"
        } catch is UserError { return "0" } catch { return "\(type(of: error))" }
      }
      if let wrong = read.first(where: { $0.count > 1 }) { throw Contradiction(wrong) }
      return "\(raw.channels) channels of \(raw.bitDepth), read \(read.joined())"
    },
  ]

  /// What must not happen and is no trap, such as two readers that disagree.
  struct Contradiction: Error, CustomStringConvertible {
    var description: String
    init(_ what: String) { description = "contradiction: \(what)" }
  }

  private static let pngSeeds: @Sendable (URL, FuzzPlace) throws -> [Data] = { fixtures, _ in
    try FuzzSequence.files(fixtures.appending(path: "png"))
  }

  private static let labelTables: [LabelTable] = {
    let types: [FolderRules.LabelType] = [.gray, .palette, .rgb]
    let described = types.map { type in
      let classes = (0..<3).map { index in
        FolderRules.Class(
          name: "c\(index)", id: type == .rgb ? nil : index * 300,
          color: [UInt8(index), 0, UInt8(index * 100)])
      }
      return DatasetDescriptor(
        DatasetName(rawValue: "own"), FolderRules(labels: type, classes: classes)
      ).labels
    }
    return DatasetRegistry.all.map(\.labels) + described
  }()
}
