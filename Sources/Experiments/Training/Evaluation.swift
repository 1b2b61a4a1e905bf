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

  /// - Parameter strengths: of prior correction.
  init(strengths: Int = 0) { corrected = Array(repeating: [], count: strengths) }

  /// Adds the images that follow.
  mutating func append(_ next: Evaluated) {
    matrices += next.matrices
    predictions.merge(next.predictions) { $1 }
    for (i, matrices) in next.corrected.enumerated() { corrected[i] += matrices }
    measured += next.measured
  }

  /// The sum over all images.
  var total: ConfusionMatrix {
    matrices.dropFirst().reduce(matrices.first ?? ConfusionMatrix(classes: 0), +)
  }
}

/// Predicts a split in evaluation mode, with the running statistics of batch normalization. On several
/// ranks, batches are dealt to them in turn, and each rank has the results of all.
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
  let evaluation = BatchEvaluation(
    network: network, sampler: sampler, classes: classes, keeping: keeping, correction: correction,
    measures: measures, compute: compute)
  let batch = sampler.sizes == .files ? 1 : batch
  let batches = stride(from: 0, to: sampler.count, by: batch).map {
    $0..<min(sampler.count, $0 + batch)
  }
  var evaluated = Evaluated(strengths: correction?.taus.count ?? 0)
  guard let ranks = compute.ranks else {
    for images in batches {
      evaluated.append(try evaluation.evaluate(images))
      try onImages(images.upperBound)
    }
    return evaluated
  }
  for first in stride(from: 0, to: batches.count, by: ranks.count) {
    let dealt = batches[first..<min(batches.count, first + ranks.count)]
    let own = try compute.agreed {
      let place = first + ranks.rank
      return dealt.indices.contains(place) ? try evaluation.evaluate(dealt[place]) : nil
    }
    for words in ranks.gathered(unequal: own?.words ?? []) where !words.isEmpty {
      evaluated.append(Evaluated(words: words, classes: classes))
    }
    try compute.agreed { try onImages(dealt.last?.upperBound ?? 0) }
  }
  return evaluated
}

/// What is evaluated batch by batch.
struct BatchEvaluation {
  let network: SegmentationNetwork
  let sampler: EvaluationSampler
  let classes: Int
  let keeping: Set<Int>
  let correction: PriorCorrection?
  let measures: Measures
  let compute: Compute

  func evaluate(_ images: Range<Int>) throws -> Evaluated {
    sampler.sizes == .store ? try evaluateStored(images) : try evaluateFiles(images)
  }

  /// - Throws: `UserError` if one is not finite.
  func logits(of images: Tensor) throws -> Tensor {
    var context = PassContext(training: false, compute: compute)
    let logits = network.forward(images, &context).output
    guard logits.isFinite else {
      throw UserError("the trained network's logits are not finite; lower learning_rate")
    }
    return logits
  }

  private func evaluateStored(_ range: Range<Int>) throws -> Evaluated {
    var evaluated = Evaluated(strengths: correction?.taus.count ?? 0)
    let input = try sampler.batch(images: range, compute: compute)
    let logits = try logits(of: input.images)
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
    return evaluated
  }
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
