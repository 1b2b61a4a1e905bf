import Files
import Foundation

/// A label file, the prediction for it, and its instances where the data set has them.
package struct ScoredFiles: Hashable, Sendable {
  /// Stable name, such as `frankfurt_000000_000294`; no path of a machine.
  package let name: String
  package let truth: URL
  package let prediction: URL
  package let instances: URL?
}

/// Finds the prediction for every label file below a folder.
///
/// Cityscapes, by the rule of its official evaluation: for `<city>_<sequence>_<frame>_gtFine_
/// labelIds.png` exactly one file anywhere below `predictions` whose name is
/// `<city>_<sequence>_<frame>*.png`. The others: the file of the same path below `predictions`.
package struct PredictionFiles: Sendable {
  private static let labelEnding = "_gtFine_labelIds.png"
  private static let instanceEnding = "_gtFine_instanceIds.png"

  let dataset: DatasetName
  let predictions: URL
  let groundTruth: URL

  package init(of dataset: DatasetName, predictions: URL, groundTruth: URL) {
    (self.dataset, self.predictions, self.groundTruth) = (dataset, predictions, groundTruth)
  }

  /// - Parameter partial: leave out label files without a prediction, instead of failing.
  /// - Returns: in the order of the label files' paths; and how many label files there are.
  /// - Throws: `UserError` naming the folder without label files, the first label file without a
  ///   prediction, or the second prediction of an image.
  package func pairs(partial: Bool) throws -> (files: [ScoredFiles], labelFiles: Int) {
    try Folder.checkRoot(groundTruth, of: "the ground truth")
    try Folder.checkRoot(predictions, of: "a prediction for each label file")
    let ending = dataset == .cityscapes ? Self.labelEnding : ".png"
    let truths = Folder.files(below: groundTruth).filter {
      $0.hasSuffix(ending) && !$0.hasPrefix(".") && !$0.contains("/.")
    }
    guard !truths.isEmpty else {
      throw UserError(path: groundTruth.path, problem: "no label file (*\(ending)) here or below")
    }
    let found = Folder.files(below: predictions).filter { $0.hasSuffix(".png") }
    let files =
      dataset == .cityscapes
      ? try cityscapes(truths, found) : samePaths(truths, Set(found))
    if !partial, let missing = files.first(where: { $0.prediction == nil }) {
      throw UserError(
        path: missing.truth.path,
        problem: "no prediction \(missing.wanted) in \(predictions.path)")
    }
    let pairs = files.compactMap { file in
      file.prediction.map {
        ScoredFiles(
          name: file.name, truth: file.truth, prediction: predictions.appendingPathComponent($0),
          instances: file.instances)
      }
    }
    guard !pairs.isEmpty else {
      throw UserError(
        path: predictions.path, problem: "no prediction for any label file of \(groundTruth.path)")
    }
    return (pairs, truths.count)
  }

  private struct Candidate {
    let name: String
    let truth: URL
    /// How a prediction would be called.
    let wanted: String
    /// Below `predictions`.
    let prediction: String?
    let instances: URL?
  }

  private func samePaths(_ truths: [String], _ found: Set<String>) -> [Candidate] {
    truths.map { path in
      Candidate(
        name: String(path.dropLast(4)), truth: groundTruth.appendingPathComponent(path),
        wanted: path, prediction: found.contains(path) ? path : nil, instances: nil)
    }
  }

  private func cityscapes(_ truths: [String], _ found: [String]) throws -> [Candidate] {
    // By file name: all names that begin with a frame's stand together.
    let named = found.map { (name: Self.lastComponent($0), path: $0) }
      .sorted { ($0.name, $0.path) < ($1.name, $1.path) }
    return try truths.map { path in
      let truth = groundTruth.appendingPathComponent(path)
      let frame = String(Self.lastComponent(path).dropLast(Self.labelEnding.count))
      guard frame.split(separator: "_", omittingEmptySubsequences: false).count == 3 else {
        throw UserError(
          path: truth.path,
          problem: "is not called <city>_<sequence>_<frame>\(Self.labelEnding)")
      }
      let first = Self.partition(named.count) { named[$0].name >= frame }
      let matches = named[first...].prefix { $0.name.hasPrefix(frame) }.map(\.path)
      if matches.count > 1 {
        throw UserError(
          path: predictions.appendingPathComponent(matches[1]).path,
          problem: "is a second prediction for \(frame), beside \(matches[0]); "
            + "keep one file \(frame)*.png")
      }
      let instances = truth.deletingLastPathComponent()
        .appendingPathComponent(frame + Self.instanceEnding)
      let hasInstances = FileManager.default.fileExists(atPath: instances.path)
      return Candidate(
        name: frame, truth: truth, wanted: "\(frame)*.png", prediction: matches.first,
        instances: hasInstances ? instances : nil)
    }
  }

  private static func lastComponent(_ path: String) -> String {
    String(path[(path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex)...])
  }

  /// The first of 0..<count at which a condition that never turns false again holds.
  private static func partition(_ count: Int, _ holds: (Int) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if holds(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

extension Folder {
  /// Paths of all files below a folder, relative to it, sorted by UTF-8. Links to folders are not
  /// followed.
  static func files(below root: URL) -> [String] {
    var (files, open) = ([String](), [""])
    while let prefix = open.popLast() {
      let folder = prefix.isEmpty ? root : root.appendingPathComponent(prefix)
      for name in (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [] {
        let path = prefix + name
        // Of a link, these are the link's own attributes.
        let attributes = try? FileManager.default.attributesOfItem(
          atPath: root.appendingPathComponent(path).path)
        if attributes?[.type] as? FileAttributeType == .typeDirectory {
          open.append(path + "/")
        } else {
          files.append(path)
        }
      }
    }
    return files.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}
