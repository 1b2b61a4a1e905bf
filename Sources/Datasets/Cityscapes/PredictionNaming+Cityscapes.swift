import Files
import Foundation

extension PredictionNaming {
  private static let labelEnding = "_gtFine_labelIds.png"
  private static let instanceEnding = "_gtFine_instanceIds.png"

  /// The rule of the official evaluation: for `<city>_<sequence>_<frame>_gtFine_labelIds.png`
  /// exactly one file anywhere below the predictions whose name is
  /// `<city>_<sequence>_<frame>*.png`.
  static let cityscapes = PredictionNaming(labelEnding: labelEnding, match: match)

  private static func match(
    _ truths: [String], _ found: [String], _ files: PredictionFiles
  ) throws -> [PredictionFiles.Candidate] {
    // Sorted by file name, so that all names that begin with a frame's are adjacent.
    let named = found.map { (name: lastComponent($0), path: $0) }
      .sorted { ($0.name, $0.path) < ($1.name, $1.path) }
    return try truths.map { path in
      let truth = files.groundTruth.appendingPathComponent(path)
      let frame = String(lastComponent(path).dropLast(labelEnding.count))
      guard frame.split(separator: "_", omittingEmptySubsequences: false).count == 3 else {
        throw UserError(
          path: truth.path,
          problem: "is not named <city>_<sequence>_<frame>\(labelEnding)")
      }
      let first = partition(named.count) { named[$0].name >= frame }
      let matches = named[first...].prefix { $0.name.hasPrefix(frame) }.map(\.path)
      if matches.count > 1 {
        throw UserError(
          path: files.predictions.appendingPathComponent(matches[1]).path,
          problem: "is a second prediction for \(frame), beside \(matches[0]); "
            + "keep one file \(frame)*.png")
      }
      let instances = truth.deletingLastPathComponent()
        .appendingPathComponent(frame + instanceEnding)
      let hasInstances = FileManager.default.fileExists(atPath: instances.path)
      return PredictionFiles.Candidate(
        name: frame, truth: truth, wanted: "\(frame)*.png", prediction: matches.first,
        instances: hasInstances ? instances : nil)
    }
  }

  private static func lastComponent(_ path: String) -> String {
    String(path[(path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex)...])
  }

  /// The first of 0..<count for which a condition holds that, once true, stays true.
  private static func partition(_ count: Int, _ holds: (Int) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if holds(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
