import Datasets
import Files
import Metrics
import Models
import Tensors

/// A network's predictions on a split.
struct Evaluated {
  /// One confusion matrix per image, in the sampler's order.
  var matrices: [ConfusionMatrix] = []
  /// Training ids, H x W each, of the requested images, by index in the split.
  var predictions: [Int: [UInt8]] = [:]
  /// For each strength of prior correction, one confusion matrix per image.
  var corrected: [[ConfusionMatrix]] = []
  /// One element for each image; empty where nothing besides the matrices was counted.
  var measured: [MeasuredImage] = []

  /// The sum over all images.
  var total: ConfusionMatrix {
    matrices.dropFirst().reduce(matrices.first ?? ConfusionMatrix(classes: 0), +)
  }
}

/// Predicts a split in evaluation mode, with the running statistics of batch normalization.
///
/// - Parameters:
///   - batch: the batch size; it affects the scores only through rounding.
///   - keeping: the indices in the split of the images whose predictions are returned.
///   - correction: the prior correction to evaluate as well.
///   - measures: what to count besides.
/// - Returns: counts at the size that the sampler's labels have.
/// - Throws: `UserError` if a logit is not finite or a file cannot be read.
func evaluate(
  _ network: SegmentationNetwork, _ sampler: EvaluationSampler, classes: Int, batch: Int,
  keeping: Set<Int> = [], correction: PriorCorrection? = nil, measures: Measures = Measures(),
  compute: Compute,
  onImages: (Int) throws -> Void = { _ in }
) throws -> Evaluated {
  guard sampler.sizes == .store else {
    return try evaluateFiles(
      network, sampler, classes: classes, batch: batch, keeping: keeping, correction: correction,
      measures: measures, compute: compute, onImages: onImages)
  }
  var evaluated = Evaluated()
  evaluated.corrected = Array(repeating: [], count: correction?.taus.count ?? 0)
  for start in stride(from: 0, to: sampler.count, by: batch) {
    let range = start..<min(sampler.count, start + batch)
    let input = try sampler.batch(images: range, compute: compute)
    var context = PassContext(training: false, compute: compute)
    let logits = network.forward(input.images, &context).output
    guard logits.isFinite else {
      throw UserError("the trained network's logits are not finite; lower learning_rate")
    }
    let labels = input.labels
    let predicted = argmax(logits: logits, compute)
    evaluated.matrices += try confusions(labels, predicted, classes: classes)
    for (i, tau) in (correction?.taus ?? []).enumerated() {
      guard let predicted = correction?.predict(logits, tau: tau, compute) else { continue }
      evaluated.corrected[i] += try confusions(labels, predicted, classes: classes)
    }
    evaluated.measured += measures.count(
      labels, predicted, logits: logits, classes: classes, compute)
    let area = labels.h * labels.w
    for (i, image) in range.enumerated() where keeping.contains(image) {
      evaluated.predictions[image] = Array(predicted[i * area..<(i + 1) * area])
    }
    try onImages(range.upperBound)
  }
  return evaluated
}

/// One matrix for each image of a batch.
private func confusions(
  _ labels: LabelMap, _ predicted: [UInt8], classes: Int
) throws -> [ConfusionMatrix] {
  let area = labels.h * labels.w
  return try (0..<labels.n).map { i in
    let pixels = i * area..<(i + 1) * area
    var matrix = ConfusionMatrix(classes: classes)
    try matrix.add(truth: labels.ids[pixels], prediction: predicted[pixels])
    return matrix
  }
}
