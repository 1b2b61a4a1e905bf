import Foundation

/// The images or the label files that lie directly in a folder.
struct SurveyedFolder {
  /// Below the surveyed folder.
  let path: String
  let holdsLabels: Bool
  /// Without `.png`, sorted.
  let stems: [String]

  struct Match {
    let pair: FolderSurvey.Pair
    let naming: LabelNaming
    /// The folder of the label files.
    let labels: String
  }

  /// - Throws: `UserError` if one of the inspected files cannot be read.
  static func all(below root: URL) throws -> [SurveyedFolder] {
    let byFolder = Dictionary(grouping: try Folder.images(below: root)) { Folder.halves($0).folder }
    return try byFolder.sorted { $0.key < $1.key }.flatMap { folder, paths -> [SurveyedFolder] in
      let stems = paths.map { Folder.halves($0).stem }
      func areLabels(_ stem: String) throws -> Bool {
        try PNG.looksLikeLabels(root.appending(path: folder + stem + ".png"))
      }
      let path = folder.isEmpty ? "." : String(folder.dropLast())
      let kinds = try Set(
        [0, 1, stems.count / 2, stems.count - 1].filter { stems.indices.contains($0) }
      )
      .map { try areLabels(stems[$0]) }
      if Set(kinds).count == 1 {
        return [SurveyedFolder(path: path, holdsLabels: kinds[0], stems: stems)]
      }
      // Images and label files in one folder.
      let labels = try Set(stems.filter(areLabels))
      return [false, true].map { wanted in
        SurveyedFolder(
          path: path, holdsLabels: wanted, stems: stems.filter { labels.contains($0) == wanted })
      }
    }
  }

  private var parts: [Substring] { path == "." ? [] : path.split(separator: "/") }

  private var split: Split? { parts.lazy.compactMap { Split(folder: String($0)) }.first }

  /// The folder of label files that matches best, if any: it has the same split, the most matching
  /// names and the most similar path.
  func match(_ labels: [SurveyedFolder]) -> Match? {
    let rated = labels.map { other -> (rating: [Int], other: SurveyedFolder, naming: LabelNaming) in
      let naming = LabelNaming(images: stems, labels: other.stems)
      let there = Set(other.stems)
      let found = stems.count { naming.label(ofImage: $0).map(there.contains) ?? false }
      return (
        [
          found > 0 ? 1 : 0, split == other.split ? 1 : 0, found, tail(other).count,
          path.commonPrefix(with: other.path).count,
        ], other, naming
      )
    }
    guard let best = rated.max(by: { $0.rating.lexicographicallyPrecedes($1.rating) }),
      best.rating[0] == 1
    else { return nil }
    let (own, theirs) = (shortened(best.other), best.other.shortened(self))
    return Match(
      pair: FolderSurvey.Pair(split: split, images: own, labels: theirs), naming: best.naming,
      labels: best.other.path)
  }

  /// The trailing components that both paths share.
  private func tail(_ other: SurveyedFolder) -> [Substring] {
    zip(parts.reversed(), other.parts.reversed()).prefix { $0 == $1 }.map(\.0).reversed()
  }

  /// The path without the trailing components that both share, up to the one that names the split:
  /// everything below is found from there.
  private func shortened(_ other: SurveyedFolder) -> String {
    if path == other.path { return path }
    let tail = tail(other)
    let named = tail.firstIndex { Split(folder: String($0)) != nil }
    let kept = parts.count - tail.count + (named.map { $0 + 1 } ?? 0)
    return kept == 0 ? "." : parts[..<kept].joined(separator: "/")
  }
}

extension LabelNaming {
  /// The replacement of prefix and suffix that turns image names into label file names, if all
  /// share it; none where the names are equal.
  init(images: [String], labels: [String]) {
    self.init()
    if images.contains(where: Set(labels).contains) { return }
    let (a, b) = (Self.ends(images), Self.ends(labels))
    // A prefix or suffix that both share needs no replacement.
    let prefix = Self.trimmed(Self.reversed(a.prefix), Self.reversed(b.prefix))
    let suffix = Self.trimmed(a.suffix, b.suffix)
    self.init(
      prefix: Exchange(image: Self.reversed(prefix.0), label: Self.reversed(prefix.1)),
      suffix: Exchange(image: suffix.0, label: suffix.1))
  }

  /// The common prefix and suffix of all names.
  private static func ends(_ names: [String]) -> (prefix: String, suffix: String) {
    guard let first = names.first else { return ("", "") }
    let prefix = names.reduce(first) { $0.commonPrefix(with: $1) }
    let rest = names.map { reversed(String($0.dropFirst(prefix.count))) }
    return (prefix, reversed(rest.reduce(rest[0]) { $0.commonPrefix(with: $1) }))
  }

  private static func trimmed(_ a: String, _ b: String) -> (String, String) {
    let count = a.commonPrefix(with: b).count
    return (String(a.dropFirst(count)), String(b.dropFirst(count)))
  }

  private static func reversed(_ text: String) -> String { String(text.reversed()) }
}

extension PNG {
  /// Whether an image has as few different colors as label files have.
  fileprivate static func looksLikeLabels(_ url: URL) throws -> Bool {
    let image = try read(url)
    var colors: Set<[UInt16]> = []
    for pixel in 0..<image.height * image.width {
      let first = pixel * image.channels
      colors.insert(Array(image.samples[first..<first + min(3, image.channels)]))
      if colors.count > 64 { return false }
    }
    return true
  }
}
