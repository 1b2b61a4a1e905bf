import Files
import Foundation

/// The files of a user-described data set.
struct FolderDataset: Dataset {
  let name: DatasetName
  let classes: ClassTable
  private let labels: FolderLabels
  private let layout: FolderLayout
  private let listings: [Split: SplitListing]
  /// Maps the path of an item's label file to its path below the folder of label files.
  private let labelPaths: [URL: String]
  private let palettes = PaletteMemory()

  init(_ description: FolderDescription) throws {
    (name, layout) = (description.name, description.layout)
    classes = description.rules.classTable
    labels = FolderLabels(description.rules)
    let found = try FolderListing(description)
    (listings, labelPaths) = (found.splits, found.labelPaths)
  }

  var splits: [Split] { layout.splits }

  func items(_ split: Split) throws -> [Item] { try listing(split).checked(split) }

  func listing(_ split: Split) throws -> SplitListing {
    guard let listing = listings[split] else {
      let there = layout.splits.map(\.rawValue).joined(separator: ", ")
      throw UserError("\(name) has no \(split.rawValue) split; its description has \(there)")
    }
    return listing
  }

  func strayLabels() throws -> [UserError] {
    switch layout.source {
    case .folders(let pairs):
      try pairs.sorted { $0.key.rawValue < $1.key.rawValue }
        .flatMap { try strayLabels($0.value) }
    case .divided(let pair, _): try strayLabels(pair)
    case .lists: []
    }
  }

  private func strayLabels(_ pair: FolderLayout.Pair) throws -> [UserError] {
    let images = Set(try Folder.images(below: pair.images))
    return try Folder.images(below: pair.labels).compactMap { path in
      let (folder, stem) = Folder.halves(path)
      guard let image = layout.naming.image(ofLabel: stem), !images.contains(folder + image) else {
        return nil
      }
      return .noImage(label: pair.labels.appendingPathComponent(path + ".png"))
    }
  }

  func readLabels(_ item: Item) throws -> LabelImage {
    try labels.read(item.label, comparing: palettes)
  }

  func unknownLabels(_ item: Item) -> [(value: LabelValue, pixels: Int)] {
    (try? labels.unknownValues(item.label)) ?? []
  }

  func predictionTargets(_ split: Split) throws -> [PredictionTarget] {
    try items(split).map {
      PredictionTarget($0.image, path: labelPaths[$0.label] ?? $0.label.lastPathComponent)
    }
  }
}
