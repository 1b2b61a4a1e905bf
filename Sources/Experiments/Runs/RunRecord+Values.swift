import Files
import Foundation

extension RunRecord {
  /// Checks values that later arithmetic relies on.
  /// - Parameter file: the file that the error names.
  /// - Throws: `UserError` for a count or an iteration that no run can have.
  func checkValues(_ file: URL) throws(UserError) {
    func require(_ isSound: Bool, _ what: String) throws(UserError) {
      guard !isSound else { return }
      throw UserError(
        path: file.path,
        problem: "\(what) cannot be those of a run; remove the run's folder and train it again")
    }
    let iterations = 0...RunLimits.iterations.upperBound
    try require(
      history.allSatisfy { iterations.contains($0.iteration) }, "the history's iterations")
    try require(
      [evaluatedIteration, checkpoints?.best.iteration, checkpoints?.last.iteration]
        .compactMap(\.self).allSatisfy(iterations.contains), "the evaluated iterations")
    let classes = confusions.first?.classes
    try require(
      confusions.allSatisfy { $0.classes == classes }, "the sizes of the confusion matrices")
    try require(
      split.trainClassPixels.count <= 256
        && split.trainClassPixels.allSatisfy { (0...1 << 52).contains($0) }, "the counts of pixels")
    if let normalization = split.normalization {
      try require(
        normalization.deviation.count == 3 && normalization.mean.count == 3
          && normalization.mean.allSatisfy(\.isFinite)
          && normalization.deviation.allSatisfy { $0 > 0 && $0.isFinite }, "mean and deviation")
    }
  }
}

extension RunManifest {
  /// - Throws: `UserError` if its name is not that of a folder, which it becomes.
  func checkName(_ file: URL) throws(UserError) {
    guard !run.isEmpty, !run.hasPrefix("."), !run.contains("/"), !run.hasHiddenCharacters else {
      throw UserError(path: file.path, problem: "is damaged: \(quoted(run)) is not a run's name")
    }
  }
}
