import Datasets
import Files

/// The images that a run used, to tell whether runs may stand beside each other.
package struct RunImages: Hashable, Sendable {
  package var data: DataConfiguration
  package var split: SplitRecord

  package init(_ data: DataConfiguration, _ split: SplitRecord) {
    (self.data, self.split) = (data, split)
  }

  package init(_ record: RunRecord) { self.init(record.configuration.data, record.split) }

  /// What differs between the images of two runs that should have used the same, such as `training
  /// labels (train/0001, not the same pixels)`; nil if nothing does, or if the two are of different
  /// data sets.
  ///
  /// Lists are compared only between runs of the same data configuration, and what files held only
  /// where both runs recorded it, which earlier versions did not.
  package func difference(from other: RunImages) -> String? {
    guard readsSameFiles(as: other.data), self != other else { return nil }
    return listDifference(from: other) ?? contentDifference(from: other)
      ?? countDifference(from: other)
  }

  /// Whether a run of the data configuration reads the same file under the same name.
  func readsSameFiles(as other: DataConfiguration) -> Bool { data.files == other.files }

  private func listDifference(from other: RunImages) -> String? {
    let (a, b) = (split, other.split)
    guard data == other.data else { return nil }
    if a.trainDigest != b.trainDigest {
      return "training images (\(Self.names(a.train, b.train)))"
    }
    guard a.evaluatedDigest != b.evaluatedDigest else { return nil }
    return "evaluated images (\(Self.names(a.evaluated, b.evaluated)))"
  }

  private static func names(_ a: [String], _ b: [String]) -> String {
    let pair = zip(a, b).first { $0 != $1 }.map { "\(printable($0.0)), not \(printable($0.1))" }
    return pair ?? "\(a.count), not \(b.count)"
  }

  private func contentDifference(from other: RunImages) -> String? {
    let (mine, theirs) = (contents, other.contents)
    let differing = mine.filter { name, digest in
      theirs[name].map { $0 != digest } ?? false
    }
    guard let first = differing.keys.min(), let a = differing[first], let b = theirs[first] else {
      return nil
    }
    let list = split.train.contains(first) ? "training" : "evaluated"
    let more = differing.count > 1 ? " and \(differing.count - 1) more" : ""
    return "\(list) \(Self.part(a, b)) (\(printable(first))\(more))"
  }

  /// What of an image differs, by its digests: size, pixels, labels.
  private static func part(_ a: String, _ b: String) -> String {
    let (a, b) = (a.split(separator: " "), b.split(separator: " "))
    return a.dropLast() == b.dropLast() ? "labels" : "images"
  }

  /// What only totals tell: those of versions that did not record what files held, and the digest of
  /// the validation split.
  private func countDifference(from other: RunImages) -> String? {
    guard data == other.data else { return nil }
    if split.trainClassPixels != other.split.trainClassPixels { return "training labels" }
    let (here, there) = (split.content?.validation, other.split.content?.validation)
    return here != nil && there != nil && here != there ? "validation images or labels" : nil
  }

  /// The digest of every image by its name; empty where it was not recorded.
  private var contents: [String: String] {
    guard let content = split.content else { return [:] }
    let pairs =
      zip(split.train, content.train).map { ($0, $1) }
      + zip(split.evaluated, content.evaluated).map { ($0, $1) }
    return Dictionary(pairs) { first, _ in first }
  }
}

extension DataConfiguration {
  /// What says which files are read and what their labels mean: runs that agree in it read the same
  /// file under the same name.
  fileprivate var files: DataConfiguration {
    var files = DataConfiguration(
      name: name, source: source, render: render, split: .official, height: 0, width: 0,
      augmentation: .none, evaluate: .test)
    (files.folders, files.void) = (folders, void)
    return files
  }
}

/// Checks that no two runs used different images under the same names, or different lists where
/// they should have the same.
///
/// - Throws: `UserError` naming both runs and what differs.
package func checkSameImages(_ records: [RunRecord]) throws(UserError) {
  var distinct: [(images: RunImages, record: RunRecord)] = []
  for record in records {
    let images = RunImages(record)
    if distinct.contains(where: { $0.images == images }) { continue }
    for other in distinct {
      guard let difference = images.difference(from: other.images) else { continue }
      throw UserError(
        path: record.folder.path,
        problem:
          "used different \(difference) from \(other.record.name); scores on different data do not "
          + "belong in one table: train both on the same data, or remove the folder of one")
    }
    distinct.append((images, record))
  }
}
