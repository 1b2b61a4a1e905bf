import Files
import Foundation
import Tensors

/// Finds the image and label files of a described data set.
struct FolderListing {
  private(set) var splits: [Split: SplitListing] = [:]
  /// The path of each label file below the folder of label files.
  private(set) var labelPaths: [URL: String] = [:]
  private let naming: LabelNaming

  /// - Throws: `UserError` for a folder or list that is missing, a JPEG file, or an image in two
  ///   splits.
  init(_ description: FolderDescription) throws {
    naming = description.layout.naming
    switch description.layout.source {
    case .folders(let pairs):
      for (split, pair) in pairs {
        var found = try listing(stems(pair), pair)
        found.add(try unread(pair))
        splits[split] = found
      }
    case .lists(let lists, let root):
      for (split, list) in lists { splits[split] = try listing(list, root) }
    case .divided(let pair, let division):
      let parts = try division.divide(stems(pair), in: pair.images)
      for split in description.layout.splits {
        splits[split] = try listing(parts[split] ?? [], pair)
      }
      let unread = try unread(pair)
      splits[.train]?.add(unread)
    }
    if let problem = SplitOverlap.problems(splits.mapValues(\.items)).first { throw problem }
  }

  /// Paths of the images below their folder, without `.png`.
  private func stems(_ pair: FolderLayout.Pair) throws -> [String] {
    try Folder.checkRoot(pair.images, of: "images")
    try Folder.checkRoot(pair.labels, of: "label files")
    for folder in [pair.images, pair.labels] { try Folder.refuseUnread(below: folder) }
    return try Folder.images(below: pair.images).filter { isImage($0, pair) }
  }

  private func isImage(_ path: String, _ pair: FolderLayout.Pair) -> Bool {
    let stem = Folder.halves(path).stem
    guard naming.label(ofImage: stem) != nil else { return false }
    // In a folder with both, a file named like another's label file is not an image.
    return !isShared(pair) || naming.image(ofLabel: stem).map { $0 == stem } ?? true
  }

  private func isShared(_ pair: FolderLayout.Pair) -> Bool {
    pair.images.standardizedFileURL == pair.labels.standardizedFileURL
  }

  /// Files of a pair of folders that are neither images nor label files.
  private func unread(_ pair: FolderLayout.Pair) throws -> UnreadFiles {
    var unread = try Folder.unread(below: pair.images)
    let others = try Folder.images(below: pair.images).filter { path in
      let isLabel = isShared(pair) && naming.image(ofLabel: Folder.halves(path).stem) != nil
      return !isLabel && !isImage(path, pair)
    }
    unread.remark(
      others.map { $0 + ".png" }, in: pair.images, "not named as label_name says, and not read")
    return unread
  }

  private mutating func listing(
    _ stems: [String], _ pair: FolderLayout.Pair
  ) throws -> SplitListing {
    var listing = SplitListing(path: pair.images.path)
    let present = NameTable(try Folder.images(below: pair.labels))
    for path in stems {
      let (folder, stem) = Folder.halves(path)
      let labelPath = folder + (naming.label(ofImage: stem) ?? stem)
      let image = pair.images.appendingPathComponent(path + ".png")
      let found = present[labelPath]
      let label = pair.labels.appendingPathComponent((found ?? labelPath) + ".png")
      if found != nil {
        let name = pair.name.isEmpty ? path : "\(pair.name)/\(path)"
        listing.items.append(Item(name: name, image: image, label: label))
        labelPaths[label] = labelPath + ".png"
      } else {
        listing.problems.append(.noLabel(image: image, label: label))
      }
    }
    return listing
  }

  /// The items of a file with one image path and one label path per line.
  private mutating func listing(_ list: URL, _ root: URL) throws -> SplitListing {
    let text = try BoundedFile.text(list, atMost: 64 << 20)
    var listing = SplitListing(path: list.path)
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .enumerated()
    {
      let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
      if words.isEmpty || words[0].hasPrefix("#") { continue }
      guard words.count == 2 else {
        throw UserError(
          path: list.path, problem: "line \(index + 1) is not an image path and a label path")
      }
      let (image, label) = (Self.file(words[0], root), Self.file(words[1], root))
      for file in [image, label] {
        if let error = Folder.jpegError(file) { throw error }
        if let problem = FolderEntry.brokenLink(file.path) {
          throw UserError(path: file.path, problem: problem)
        }
        guard FileManager.default.fileExists(atPath: file.path) else {
          throw UserError(
            path: file.path,
            problem: "listed in \(list.lastPathComponent) line \(index + 1), but there is no such "
              + "file")
        }
      }
      let name = words[0].hasPrefix("/") ? image.lastPathComponent : words[0]
      listing.items.append(
        Item(
          name: name.hasSuffix(".png") ? String(name.dropLast(4)) : name, image: image, label: label
        ))
      labelPaths[label] = words[1].hasPrefix("/") ? label.lastPathComponent : words[1]
    }
    if listing.items.isEmpty {
      throw UserError(path: list.path, problem: "lists no images; it should list a split")
    }
    return listing
  }

  private static func file(_ path: String, _ root: URL) -> URL {
    path.hasPrefix("/") ? URL(filePath: path) : root.appending(path: path)
  }
}

extension SeededSplit {
  /// Splits the images by group: the groups are shuffled, and each goes to the split in which the
  /// middle of its images falls. The result is sorted and does not depend on the order of `stems`.
  /// - Throws: `UserError` for an image whose path has no group.
  func divide(_ stems: [String], in folder: URL) throws -> [Split: [String]] {
    let groups = Dictionary(grouping: stems.sorted(), by: try grouping(stems, folder))
    let names = groups.keys.sorted()
    var random = RandomSource(seed: seed, purpose: "split of folders")
    var (parts, before): ([Split: [String]], Int) = ([:], 0)
    for index in random.permutation(of: names.count) {
      let members = groups[names[index]] ?? []
      let middle = (Double(before) + Double(members.count) / 2) / Double(stems.count)
      let split: Split =
        middle < ratios[0] ? .train : middle < ratios[0] + ratios[1] ? .validation : .test
      parts[split, default: []] += members
      before += members.count
    }
    return parts.mapValues { $0.sorted() }
  }

  /// The group of each image.
  private func grouping(_ stems: [String], _ folder: URL) throws -> (String) -> String {
    guard let group else { return { $0 } }
    let groups = try NameGroups(pattern: group, folder: folder).groups(of: stems)
    return { groups[$0] ?? $0 }
  }
}
