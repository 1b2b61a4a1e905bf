import Files
import Foundation

/// A label file, the prediction for it, and its instances where the data set has them.
package struct ScoredFiles: Hashable, Sendable {
  /// Stable name, such as `frankfurt_000000_000294`; never a machine-specific path.
  package let name: String
  package let truth: URL
  package let prediction: URL
  package let instances: URL?
}

/// How a data set's predictions are found and named.
package struct PredictionNaming: Sendable {
  /// The ending of label file names.
  let labelEnding: String
  /// The match for each label file, in the same order.
  /// - Throws: `UserError` naming a file that breaks the rule.
  let match:
    @Sendable (_ labels: [String], _ found: [String], _ files: PredictionFiles) throws
      -> [PredictionFiles.Candidate]

  /// A prediction has the path of its label file, below a separate folder.
  package static let samePath = samePath(ending: ".png")

  package static func samePath(ending: String) -> PredictionNaming {
    PredictionNaming(labelEnding: ending) { labels, found, files in
      let found = NameTable(found)
      return labels.map { path in
        PredictionFiles.Candidate(
          name: String(path.dropLast(4)), truth: files.groundTruth.appendingPathComponent(path),
          wanted: path, prediction: found[path], instances: nil)
      }
    }
  }
}

/// Finds the prediction for every label file below a folder.
package struct PredictionFiles: Sendable {
  let naming: PredictionNaming
  let predictions: URL
  let groundTruth: URL

  package init(_ naming: PredictionNaming, predictions: URL, groundTruth: URL) {
    (self.naming, self.predictions, self.groundTruth) = (naming, predictions, groundTruth)
  }

  /// - Parameter partial: leave out label files without a prediction, instead of failing.
  /// - Returns: the matches in the order of the label files' paths, and the number of label files.
  /// - Throws: `UserError` naming the folder without label files, the first label file without a
  ///   prediction, or the second prediction of an image.
  package func pairs(partial: Bool) throws -> (files: [ScoredFiles], labelFiles: Int) {
    try Folder.checkRoot(groundTruth, of: "the ground truth")
    try Folder.checkRoot(predictions, of: "a prediction for each label file")
    let ending = naming.labelEnding
    try Folder.refuseUnread(below: groundTruth)
    let truths = try Folder.files(below: groundTruth).filter {
      $0.hasSuffix(ending) && !Folder.isHidden($0)
    }
    guard !truths.isEmpty else {
      throw UserError(path: groundTruth.path, problem: "no label file (*\(ending)) here or below")
    }
    // Other kinds of images may be pictures of the predictions.
    let found = try Folder.predictions(below: predictions).filter { $0.hasSuffix(".png") }
    let files = try naming.match(truths, found, self)
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

  /// A label file and what was found for it.
  struct Candidate {
    let name: String
    let truth: URL
    /// The name that a prediction would have.
    let wanted: String
    /// Below `predictions`.
    let prediction: String?
    let instances: URL?
  }
}
