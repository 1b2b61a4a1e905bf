import Files
import Foundation

/// Where the files of a data set lie that its user describes.
package struct FolderLayout: Hashable, Sendable {
  /// Folders of images and of label files; they may be one.
  package struct Pair: Hashable, Sendable {
    package var images: URL
    package var labels: URL
    /// What the items' names begin with: the folder of images as described, without a path of a
    /// machine.
    package var name: String

    /// - Parameter path: of the images, as described.
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
    /// Files that list an image and a label file a line, with paths relative to `root`.
    case lists([Split: URL], root: URL)
    /// Folders that a seed divides.
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

/// How a label file's name follows from its image's: the beginning and the end, without `.png`, are
/// exchanged.
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

  /// The label's name of an image's; nil if that is no image's name.
  package func label(ofImage name: String) -> String? {
    Self.exchange(name, prefix.image, suffix.image, prefix.label, suffix.label)
  }

  /// The image's name of a label's; nil if that is no label's name.
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
