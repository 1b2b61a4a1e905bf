import Datasets
import Files
import Metrics
import Models
import Synchronization
import Tensors

extension BatchEvaluation {
  /// `evaluate` at the size of the label files: logits are resized to it, and labels stay as they are.
  ///
  /// - Returns: as `evaluate`; predictions that are kept have the store's size, for pictures.
  /// - Throws: `UserError` as `evaluate`, or if an image is too small for boundaries.
  func evaluateFiles(_ range: Range<Int>) throws -> Evaluated {
    var evaluated = Evaluated(strengths: correction?.taus.count ?? 0)
    let logits = try logits(of: sampler.images(range, compute: compute))
    for (place, index) in range.enumerated() {
      let scored = try FileScores(
        logits, place, labels: sampler.fileLabels(index), classes: classes,
        correction: correction, measures: measures, compute)
      evaluated.matrices.append(scored.confusion)
      for (i, matrix) in scored.corrected.enumerated() { evaluated.corrected[i].append(matrix) }
      if measures.counts { evaluated.measured.append(scored.measured) }
      if keeping.contains(index) {
        evaluated.predictions[index] =
          LabelImage(
            height: logits.shape.h, width: logits.shape.w,
            ids: EnlargedLogits(
              logits: logits, image: place, height: logits.shape.h, width: logits.shape.w
            ).argmax(compute)
          ).resized(height: sampler.store.height, width: sampler.store.width).ids
      }
    }
    return evaluated
  }
}

/// What is counted in one image at the size of its label file.
private struct FileScores {
  let confusion: ConfusionMatrix
  /// One for each strength of prior correction.
  private(set) var corrected: [ConfusionMatrix] = []
  private(set) var measured = MeasuredImage()

  init(
    _ logits: Tensor, _ image: Int, labels: LabelImage, classes: Int,
    correction: PriorCorrection?, measures: Measures, _ compute: Compute
  ) throws {
    let enlarged = EnlargedLogits(
      logits: logits, image: image, height: labels.height, width: labels.width)
    let blocks = enlarged.blocks
    let counted = Mutex([Int: FileBlock]())
    try compute.parallelTry(blocks.count) { index in
      let block = try FileBlock(
        enlarged.block(blocks[index], compute), labels, blocks[index], classes: classes,
        correction, calibrates: measures.calibration, compute)
      counted.withLock { $0[index] = block }
    }
    // In order: calibration adds numbers with fractions.
    let parts = counted.withLock { counted in blocks.indices.compactMap { counted[$0] } }
    let none = ConfusionMatrix(classes: classes)
    confusion = parts.reduce(none) { $0 + $1.confusion }
    corrected = (correction?.taus ?? []).indices.map { tau in
      parts.reduce(none) { $0 + $1.corrected[tau] }
    }
    let calibrations = parts.compactMap(\.calibration)
    measured.calibration = calibrations.first.map { calibrations.dropFirst().reduce($0, +) }
    if measures.countsBoundaries {
      measured.boundary = try BoundaryCounts(
        labels, predicted: parts.flatMap(\.predicted), classes: classes)
    }
  }
}

/// The same for some rows of the image.
private struct FileBlock: Sendable {
  let predicted: [UInt8]
  let confusion: ConfusionMatrix
  let corrected: [ConfusionMatrix]
  let calibration: Calibration?

  /// - Parameter logits: [1, rows, width, classes]
  init(
    _ logits: Tensor, _ labels: LabelImage, _ rows: Range<Int>, classes: Int,
    _ correction: PriorCorrection?, calibrates: Bool, _ compute: Compute
  ) throws {
    let truth = labels.ids[rows.lowerBound * labels.width..<rows.upperBound * labels.width]
    func matrix(_ predicted: [UInt8]) throws -> ConfusionMatrix {
      var matrix = ConfusionMatrix(classes: classes)
      try matrix.add(truth: truth, prediction: predicted)
      return matrix
    }
    let predicted = argmax(logits: logits, compute)
    self.predicted = predicted
    confusion = try matrix(predicted)
    corrected = try (correction?.taus ?? []).compactMap { tau in
      try correction.map { try matrix($0.predict(logits, tau: tau, compute)) }
    }
    guard calibrates else {
      calibration = nil
      return
    }
    var counts = Calibration(classes: classes)
    counts.add(
      logits: logits.elements, prediction: predicted, truth: truth, ignored: LabelMap.ignored)
    calibration = counts
  }
}

extension BoundaryCounts {
  /// Counts an image at its own size.
  fileprivate init(_ labels: LabelImage, predicted: [UInt8], classes: Int) throws(UserError) {
    guard let boundary = boundaryWidth(height: labels.height, width: labels.width) else {
      throw UserError(
        "boundary: 2 % of the diagonal of an image of \(labels.width) x \(labels.height) pixels is "
          + "less than one pixel; leave 'boundary' out of the sweep file")
    }
    self.init(classes: classes)
    add(
      truth: labels.ids, prediction: predicted, width: labels.width, boundary: boundary,
      ignored: LabelMap.ignored)
  }
}
