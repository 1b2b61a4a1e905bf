import Datasets
import Files
import Foundation
import Metrics

extension ReturnedRecord {
  /// - Throws: `UserError` for a number that no training yields.
  func checkNumbers(_ file: URL) throws(UserError) {
    let scores = history.flatMap { entry -> [Double] in
      let scores = [entry.loss, entry.validationMeanIoU ?? 0, entry.validationMeanAccuracy ?? 0]
      return scores + (entry.falsePositives ?? []) + (entry.classWeights ?? []).compactMap { $0 }
    }
    let seconds = [trainingSeconds, evaluationSeconds]
    let weights = (classWeights ?? []) + priorTaus
    guard (scores + seconds + weights).allSatisfy(\.isFinite), seconds.allSatisfy({ $0 >= 0 })
    else {
      throw UserError(
        path: file.path, problem: "contains a number that is not finite; train the run again")
    }
    let isEngine =
      engine.name == "PyTorch" && ["cuda", "cpu"].contains(engine.kind)
      && ["float32", "tf32", "bfloat16"].contains(engine.precision) && engine.processes > 0
      && engine.earlier.map { (1...100).contains($0.count) } ?? true
    let texts =
      [engine.version, engine.python, engine.device, engine.libraries, cpu] + (engine.earlier ?? [])
    guard isEngine, cores > 0, threads > 0, !texts.contains(where: \.hasHiddenCharacters) else {
      throw UserError(
        path: file.path,
        problem: "names no engine and machine that run.py would; train the run again")
    }
    guard priorTaus == configuration.taus else {
      throw UserError(
        path: file.path, problem: "has other strengths of prior correction than its configuration")
    }
  }
}

extension RunRecord {
  /// Compares what came back with what the bundle knows of the run.
  ///
  /// - Parameter truth: the pixels of each class in each evaluated image.
  /// - Throws: `UserError` for numbers that do not fit.
  func checkReturned(
    _ run: BundleDocument.Run, _ images: BundledData, truth: [[Int]], _ file: URL
  ) throws(UserError) {
    func failed(_ problem: String) -> UserError {
      UserError(path: file.path, problem: problem + "; train the run again")
    }
    let all = [confusions] + configuration.taus.compactMap { corrected?.matrices(tau: $0) }
    let lists =
      history.compactMap(\.classWeights?.count) + history.compactMap(\.falsePositives?.count)
    guard (lists + [classWeights?.count ?? run.classes]).allSatisfy({ $0 == run.classes }) else {
      throw failed("has a list that is not of the \(run.classes) classes")
    }
    for matrices in all {
      for (image, matrix) in matrices.enumerated() {
        guard matrix.classes == run.classes else {
          throw failed("has matrices of \(matrix.classes) classes instead of \(run.classes)")
        }
        let pixels = (0..<matrix.classes).map { matrix.truePixels(of: $0) }
        guard pixels == truth[image] else {
          throw failed(
            "the matrix of \(printable(split.evaluated[image])) does not have the pixels of its labels"
          )
        }
      }
    }
    guard corrected?.matrices(tau: 0).map({ $0 == confusions }) ?? true else {
      throw failed("its matrices without correction are not the others")
    }
    guard predictions.keys.sorted() == images.pictured,
      predictions.values.allSatisfy({
        $0.height == images.height && $0.width == images.width
          && $0.ids.allSatisfy { $0 < run.classes }
      })
    else { throw failed("does not have the predictions that the bundle asks for") }
    let measures = configuration.measures
    guard (boundaries != nil) == measures.countsBoundaries,
      boundaries.map({ $0.count == confusions.count && $0.allSatisfy { $0.classes == run.classes } }
      )
        ?? true,
      (calibration != nil) == measures.calibration,
      calibration.map({ $0.classes.count == run.classes }) ?? true
    else { throw failed("does not have the measures that its configuration asks for") }
    try checkCheckpoints(failed)
  }

  private func checkCheckpoints(_ failed: (String) -> UserError) throws(UserError) {
    let training = configuration.training
    guard (checkpoints != nil) == (training.validateEvery != nil) else {
      throw failed("does not have the scores of best and last weights")
    }
    guard let checkpoints else { return }
    let own = training.checkpoint == .best ? checkpoints.best : checkpoints.last
    let total = confusion
    func isNear(_ a: Double?, _ b: Double?) -> Bool {
      guard let a, let b else { return a == nil && b == nil }
      return abs(a - b) < 1e-9
    }
    let scores = [
      checkpoints.best.meanIoU, checkpoints.best.meanAccuracy, checkpoints.last.meanIoU,
      checkpoints.last.meanAccuracy,
    ]
    guard scores.allSatisfy({ (0...1).contains($0 ?? 0) }),
      (1...training.iterations).contains(checkpoints.best.iteration)
    else { throw failed("has scores or an iteration that cannot be") }
    guard isNear(own.meanIoU, total.meanIoU), isNear(own.meanAccuracy, total.meanAccuracy),
      own.iteration == evaluatedIteration, checkpoints.last.iteration == training.iterations
    else { throw failed("its scores are not those of its confusion matrices") }
  }
}
