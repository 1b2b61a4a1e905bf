import Files
import Foundation

/// Where the files of a user-described data set are.
package struct FolderLayout: Hashable, Sendable {
  /// A folder of images and a folder of label files, which may be the same.
  package struct Pair: Hashable, Sendable {
    package var images: URL
    package var labels: URL
    /// The prefix of the items' names: the folder of images as described, without a
    /// machine-specific path.
    package var name: String

    /// - Parameter path: the path of the images, as described.
    package init(images: URL, labels: URL, path: String) {
      (self.images, self.labels) = (images, labels)
      let parts = path.split(separator: "/")
      let isInside = !path.hasPrefix("/") && !parts.contains("..")
      name = isInside ? parts.filter { $0 != "." }.joined(separator: "/") : images.lastPathComponent
    }
  }

  package enum Source: Hashable, Sendable {
    /// Folders of each split.
    case folders([Split: Pair])
    /// Files that list one image and its label file per line, with paths relative to `root`.
    case lists([Split: URL], root: URL)
    /// Folders whose images are split by a seed.
    case divided(Pair, SeededSplit)
  }

  package var source: Source
  package var naming: LabelNaming

  package init(source: Source, naming: LabelNaming = LabelNaming()) {
    (self.source, self.naming) = (source, naming)
  }

  /// The splits that the description has.
  package var splits: [Split] {
    switch source {
    case .folders(let pairs): Split.allCases.filter { pairs[$0] != nil }
    case .lists(let lists, _): Split.allCases.filter { lists[$0] != nil }
    case .divided(_, let split): zip(Split.allCases, split.ratios).filter { $1 > 0 }.map(\.0)
    }
  }
}

/// How a label file's name follows from its image's: the prefix and the suffix (before `.png`) are
/// replaced.
package struct LabelNaming: Hashable, Sendable {
  package struct Exchange: Hashable, Sendable {
    package var image = ""
    package var label = ""

    package init(image: String = "", label: String = "") {
      (self.image, self.label) = (image, label)
    }
  }

  package var prefix: Exchange
  package var suffix: Exchange

  package init(prefix: Exchange = Exchange(), suffix: Exchange = Exchange()) {
    (self.prefix, self.suffix) = (prefix, suffix)
  }

  /// The label file's name for an image's name; nil if it is not an image's name.
  package func label(ofImage name: String) -> String? {
    Self.exchange(name, prefix.image, suffix.image, prefix.label, suffix.label)
  }

  /// The image's name for a label file's name; nil if it is not a label file's name.
  package func image(ofLabel name: String) -> String? {
    Self.exchange(name, prefix.label, suffix.label, prefix.image, suffix.image)
  }

  private static func exchange(
    _ name: String, _ prefix: String, _ suffix: String, _ newPrefix: String, _ newSuffix: String
  ) -> String? {
    guard name.hasPrefix(prefix), name.hasSuffix(suffix),
      name.count >= prefix.count + suffix.count
    else { return nil }
    return newPrefix + name.dropFirst(prefix.count).dropLast(suffix.count) + newSuffix
  }
}
