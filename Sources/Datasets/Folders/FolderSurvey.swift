import Files
import Foundation
import Synchronization
import Tensors

/// What a folder seems to contain: a description for its user to complete.
package struct FolderSurvey: Sendable {
  package struct Pair: Hashable, Sendable {
    /// Nil if no part of the path names the split.
    package var split: Split?
    /// The path below the folder.
    package var images: String
    package var labels: String
  }

  package struct Value: Hashable, Sendable {
    package var label: LabelValue
    package var color: [UInt8]?
    package var pixels: Int
    package var files: Int
  }

  package let root: URL
  /// One pair for each split, or a single pair without a split.
  package private(set) var pairs: [Pair] = []
  package private(set) var naming = LabelNaming()
  package private(set) var type = FolderRules.LabelType.gray
  /// The values in label files, in ascending order.
  package private(set) var values: [Value] = []

  /// Inspects the files below a folder: a few in each folder, and all label files.
  /// - Throws: `UserError` if there are no folders of images and label files that belong together,
  ///   a file is a JPEG file or cannot be read, or label files contain too many values.
  package init(_ root: URL, compute: Compute) throws {
    self.root = root
    try Folder.checkRoot(root, of: "images and label files")
    try Folder.refuseUnread(below: root)
    let leaves = try SurveyedFolder.all(below: root)
    let (images, labels) = (leaves.filter { !$0.holdsLabels }, leaves.filter(\.holdsLabels))
    let matches = images.compactMap { $0.match(labels) }
    guard let first = matches.first else {
      let found =
        "\(images.count) folders that look like images and \(labels.count) like label files"
      throw UserError(
        path: root.path,
        problem: "contains no folder of images with a matching folder of label files (\(found)); "
          + "write the description by hand (docs/data.md)")
    }
    naming = first.naming
    for match in matches where !pairs.contains(match.pair) { pairs.append(match.pair) }
    keepSplits()
    let used = labels.filter { leaf in matches.contains { $0.labels == leaf.path } }
    let files = used.flatMap { leaf in
      leaf.stems.map { root.appending(path: leaf.path).appending(path: $0 + ".png") }
    }
    type = try FolderRules.LabelType(guessedFrom: files[0])
    values = try Self.count(files, type, compute)
  }

  /// Keeps one pair for each split, or a single pair if there is none for training.
  private mutating func keepSplits() {
    var kept: [Pair] = []
    for split in Split.allCases { kept += pairs.filter { $0.split == split }.prefix(1) }
    let isSplit = kept.contains { $0.split == .train } && kept.count > 1
    pairs = isSplit ? kept : [pairs[0]]
    if !isSplit { pairs[0].split = nil }
  }

  private static func count(
    _ files: [URL], _ type: FolderRules.LabelType, _ compute: Compute
  ) throws -> [Value] {
    struct Found {
      var pixels = 0
      var files = 0
      var color: [UInt8]?
    }
    let all = Mutex<[Int: Found]>([:])
    try compute.parallelTry(files.count) { index in
      let raster = try type.read(files[index])
      var counts: [Int: (pixels: Int, first: Int)] = [:]
      for (pixel, key) in raster.keys.enumerated() {
        counts[key, default: (0, pixel)].pixels += 1
      }
      let picture = type == .palette ? try PNG.readColor(files[index]) : nil
      all.withLock { all in
        for (key, count) in counts {
          all[key, default: Found()].pixels += count.pixels
          all[key, default: Found()].files += 1
          if let picture {
            all[key, default: Found()].color = Array(
              picture.bytes[count.first * 3..<count.first * 3 + 3])
          }
        }
      }
    }
    let found = all.withLock { $0 }
    guard found.count <= FolderRules.mostClasses else {
      throw UserError(
        path: files[0].deletingLastPathComponent().path,
        problem: "its label files hold \(found.count) different values, more than the "
          + "\(FolderRules.mostClasses) classes allowed; are they label files?")
    }
    return found.sorted { $0.key < $1.key }.map { key, found in
      Value(
        label: type == .rgb ? .color(key) : .id(key), color: found.color, pixels: found.pixels,
        files: found.files)
    }
  }
}

extension FolderRules.LabelType {
  init(guessedFrom file: URL) throws {
    let (stored, shown) = (try PNG.readIndices(file), try PNG.read(file))
    let isColored = try shown.channels >= 3 && !PNG.hasReorderedGrays(file)
    self = stored.channels >= 3 ? .rgb : isColored ? .palette : .gray
  }
}

extension Split {
  /// The split that a folder's name indicates.
  init?(folder: String) {
    let name = folder.lowercased()
    if name.contains("train") {
      self = .train
    } else if name.contains("valid") || name.hasPrefix("val") || name.hasSuffix("val") {
      self = .validation
    } else if name.contains("test") {
      self = .test
    } else {
      return nil
    }
  }
}
