import Files
import Foundation

/// CamVid (Brostow et al. 2008) as prepared for SegNet: `train/`, `val/`, `test/` with images,
/// `trainannot/` and so on with 8-bit label files of the same names, and list files `train.txt`
/// with one image path and one label path per line. The paths are from another machine: only their
/// last folder and file name are used. Without a list file, the folder is listed.
package struct CamVidDataset: Dataset {
  package let root: URL
  private let palettes = PaletteMemory()

  /// The id in label files for each training id.
  package static let fileIds = Array(0..<11)
  package static let ignoredIds = [11]
  private static let ids = LabelIds(title: "CamVid", ids: fileIds, ignored: ignoredIds)
  private static let title = "CamVid in the SegNet layout (train/, trainannot/, ...)"

  /// - Throws: `UserError` if the folder does not have this layout.
  package init(root: URL) throws {
    try Folder.checkRoot(root, of: Self.title)
    try Folder.require(["train", "trainannot"], in: root, of: Self.title)
    self.root = root
  }

  package var name: DatasetName { .camvid }
  package var classes: ClassTable { .camvid }

  private func folder(_ split: Split) -> String {
    switch split {
    case .train: "train"
    case .validation: "val"
    case .test: "test"
    }
  }

  package func items(_ split: Split) throws -> [Item] { try listing(split).checked(split) }

  package func listing(_ split: Split) throws -> SplitListing {
    let part = folder(split)
    var listing = SplitListing(path: root.appendingPathComponent(part).path)
    let list = root.appendingPathComponent("\(part).txt")
    let isListed = Folder.isPresent(list)
    let pairs = try isListed ? listed(in: list) : folderPairs(part)
    var (names, seen): ([String: NameTable], Set<String>) = ([:], [])
    /// The file as the disk names it; nil if there is none.
    func find(_ file: String) throws -> URL? {
      let (folder, name) = Self.halves(file)
      if names[folder] == nil {
        names[folder] = NameTable(try Folder.names(root.appendingPathComponent(folder)))
      }
      return names[folder]?[name].map { root.appendingPathComponent("\(folder)/\($0)") }
    }
    for pair in pairs {
      let image = root.appendingPathComponent(pair.image)
      let label = root.appendingPathComponent(pair.label)
      if !seen.insert(pair.image).inserted {
        listing.problems.append(
          isListed
            ? UserError(path: list.path, problem: "lists \(printable(pair.image)) twice")
            : .sameName(image))
      } else if let image = try find(pair.image) {
        guard let found = try find(pair.label) else {
          listing.problems.append(.noLabel(image: image, label: label))
          continue
        }
        let others = [image, found].compactMap(NotAFile.problem)
        if !others.isEmpty {
          listing.problems += others
          continue
        }
        let name = image.deletingPathExtension().lastPathComponent
        listing.items.append(Item(name: "\(part)/\(name)", image: image, label: found))
      } else {
        listing.problems.append(
          UserError(path: image.path, problem: "listed in \(part).txt, but there is no such file"))
      }
    }
    if isListed, pairs.isEmpty {
      listing.problems.append(
        UserError(
          path: list.path, problem: "lists no images; fill it, or remove it to use all files"))
    }
    listing.add(try unread(part, listed: isListed ? seen : nil))
    return listing
  }

  /// What lies in a split's folders besides its PNG files, and those that its list leaves out.
  private func unread(_ part: String, listed: Set<String>?) throws -> UnreadFiles {
    var unread = UnreadFiles()
    let images = root.appendingPathComponent(part)
    unread.lookForOtherCases(of: ["\(part).txt", part, "\(part)annot"], in: root)
    if let listed {
      let names = try Folder.entries(images).filter { $0.kind != .folder }.map(\.name)
      unread.remark(
        names.filter { !listed.contains("\(part)/\($0)") }, in: images, "not listed in \(part).txt")
      return unread
    }
    for folder in [images, root.appendingPathComponent("\(part)annot")] {
      try unread.look(in: folder) { $0.hasSuffix(".png") }
    }
    return unread
  }

  private func folderPairs(_ part: String) throws -> [(image: String, label: String)] {
    try Folder.stems(root.appendingPathComponent(part)).map {
      ("\(part)/\($0).png", "\(part)annot/\($0).png")
    }
  }

  /// Image and label files of a list, each as folder and name.
  private func listed(in list: URL) throws -> [(image: String, label: String)] {
    let text = try BoundedFile.text(list, atMost: 64 << 20)
    var pairs: [(image: String, label: String)] = []
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .enumerated()
    {
      let words = line.split(whereSeparator: \.isWhitespace)
      if words.isEmpty { continue }
      // Each path is half of the words, since a path may contain spaces.
      let half = words.count / 2
      guard words.count % 2 == 0, let image = Self.folderAndName(words[..<half]),
        let label = Self.folderAndName(words[half...])
      else {
        throw UserError(
          path: list.path, problem: "line \(index + 1) is not an image path and a label path")
      }
      pairs.append((image, label))
    }
    return pairs
  }

  /// `train/0001.png` of `/SegNet/CamVid/train/0001.png`; nil if either part is missing.
  private static func folderAndName(_ words: ArraySlice<Substring>) -> String? {
    let parts = words.joined(separator: " ").split { $0 == "/" || $0 == "\\" }.suffix(2)
    guard parts.count == 2, !parts.contains(".."), !parts.contains(".") else { return nil }
    return parts.joined(separator: "/")
  }

  private static func halves(_ file: String) -> (folder: String, name: String) {
    let parts = file.split(separator: "/")
    return (String(parts[0]), String(parts[1]))
  }

  package func strayLabels() throws -> [UserError] {
    try ["train", "val", "test"].flatMap { part in
      let labels = root.appendingPathComponent("\(part)annot")
      let images = Set(try Folder.stems(root.appendingPathComponent(part)))
      return try Folder.stems(labels).filter { !images.contains($0) }
        .map { UserError.noImage(label: labels.appendingPathComponent("\($0).png")) }
    }
  }

  package func readLabels(_ item: Item) throws -> LabelImage {
    try Self.ids.read(item.label, comparing: palettes)
  }

  package func predictionTargets(_ split: Split) throws -> [PredictionTarget] {
    try items(split).map { PredictionTarget($0.image, path: $0.label.lastPathComponent) }
  }
}
