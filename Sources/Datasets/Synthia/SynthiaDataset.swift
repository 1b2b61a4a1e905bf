import Files
import Foundation

/// A SYNTHIA-SEQS sequence (Ros et al., CVPR 2016): `RGB/Stereo_*/Omni_*/NNNNNN.png` and
/// `GT/LABELS/` of the same shape, 16-bit label files with the class in the first channel.
package struct SynthiaDataset: Dataset {
  /// The sequence's folder.
  package let root: URL
  package let split: SplitScheme
  package let splitSeed: UInt64
  /// Whether void is a class, the first, as in the paper's authors' code; otherwise it is ignored.
  package let countsVoid: Bool
  private let palettes = PaletteMemory()

  /// The id in label files for each training id.
  package static let fileIds = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15]
  /// The ids that are not evaluated: void and the two reserved ones.
  package static let ignoredIds = [0, 13, 14]
  package static let defaultSplitSeed: UInt64 = 20_200_512
  private static let ids = LabelIds(
    title: "SYNTHIA", ids: fileIds, ignored: ignoredIds, usesFirstChannel: true)
  private static let idsWithVoid = LabelIds(
    title: "SYNTHIA", ids: [0] + fileIds, ignored: ignoredIds.filter { $0 != 0 },
    usesFirstChannel: true)
  private static let title = "a SYNTHIA sequence (RGB/ and GT/LABELS/)"

  /// - Parameters:
  ///   - root: the sequence's folder, or one that contains a single `SYNTHIA-SEQS-*` folder.
  ///   - split: `shuffled` or `blocked`.
  /// - Throws: `UserError` if the folder does not have this layout.
  package init(
    root: URL, split: SplitScheme, splitSeed: UInt64 = defaultSplitSeed, countsVoid: Bool = false
  ) throws {
    try Folder.checkRoot(root, of: Self.title)
    guard split != .official else {
      throw UserError(
        path: root.path, problem: "SYNTHIA has no official split; choose `shuffled` or `blocked`")
    }
    self.root = try Self.sequence(in: root)
    (self.split, self.splitSeed, self.countsVoid) = (split, splitSeed, countsVoid)
    try Folder.require(["RGB", "GT/LABELS"], in: self.root, of: Self.title)
    try Self.refuseRandomScenes(self.root)
  }

  /// SYNTHIA-RAND-CITYSCAPES has the same folders, but its frames lie directly in them.
  private static func refuseRandomScenes(_ root: URL) throws {
    let images = root.appendingPathComponent("RGB")
    guard try Folder.subfolders(images).isEmpty, try !Folder.stems(images).isEmpty else { return }
    throw UserError(
      path: images.path,
      problem: "holds images directly, as in SYNTHIA-RAND-CITYSCAPES, but \(title) has "
        + "RGB/Stereo_*/Omni_*; describe this data set with: recallbench data new \(root.path)")
  }

  private static func sequence(in root: URL) throws -> URL {
    if Folder.exists(root.appendingPathComponent("RGB")) { return root }
    let sequences = try Folder.subfolders(root).filter { $0.hasPrefix("SYNTHIA-SEQS-") }
    guard sequences.count <= 1 else {
      throw UserError(
        path: root.path,
        problem: "holds several sequences (\(sequences.joined(separator: ", "))); give one of them")
    }
    return sequences.first.map { root.appendingPathComponent($0) } ?? root
  }

  package var name: DatasetName { .synthia }
  package var classes: ClassTable { countsVoid ? .synthiaWithVoid : .synthia }

  private var images: URL { root.appendingPathComponent("RGB") }
  private var labels: URL { root.appendingPathComponent("GT/LABELS") }

  /// Views below a folder, such as `Stereo_Left/Omni_F`.
  private func views(_ folder: URL) throws -> [String] {
    try Folder.subfolders(folder).flatMap { side in
      try Folder.subfolders(folder.appendingPathComponent(side)).map { "\(side)/\($0)" }
    }
  }

  package func items(_ split: Split) throws -> [Item] { try listing(split).checked(split) }

  package func listing(_ split: Split) throws -> SplitListing {
    var listing = SplitListing(path: images.path)
    for view in try views(images) {
      let frames = try Folder.stems(images.appendingPathComponent(view))
      let labeled = NameTable(try Folder.stems(labels.appendingPathComponent(view)))
      let parts = self.split.divide(frames, view: view, seed: splitSeed)
      for frame in parts[split] ?? [] {
        let image = images.appendingPathComponent("\(view)/\(frame).png")
        let label = labels.appendingPathComponent("\(view)/\(labeled[frame] ?? frame).png")
        if labeled[frame] != nil {
          listing.items.append(Item(name: "\(view)/\(frame)", image: image, label: label))
        } else {
          listing.problems.append(.noLabel(image: image, label: label))
        }
      }
    }
    if split == .train { listing.add(try unread()) }
    return listing
  }

  /// What lies in the folders of views and is not read. All splits divide the same folders.
  private func unread() throws -> UnreadFiles {
    var unread = UnreadFiles()
    unread.lookForOtherCases(of: ["RGB", "GT"], in: root)
    unread.lookForOtherCases(of: ["LABELS"], in: root.appendingPathComponent("GT"))
    for folder in [images, labels] {
      try unread.lookBesideFolders(in: folder)
      for side in try Folder.subfolders(folder) {
        try unread.lookBesideFolders(in: folder.appendingPathComponent(side))
      }
      for view in try views(folder) {
        try unread.look(in: folder.appendingPathComponent(view)) { $0.hasSuffix(".png") }
      }
    }
    return unread
  }

  package func strayLabels() throws -> [UserError] {
    try views(labels).flatMap { view in
      let frames = Set(try Folder.stems(images.appendingPathComponent(view)))
      return try Folder.stems(labels.appendingPathComponent(view)).filter { !frames.contains($0) }
        .map { UserError.noImage(label: labels.appendingPathComponent("\(view)/\($0).png")) }
    }
  }

  package func readLabels(_ item: Item) throws -> LabelImage {
    try (countsVoid ? Self.idsWithVoid : Self.ids).read(item.label, comparing: palettes)
  }
}
