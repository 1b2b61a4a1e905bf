import Datasets
import Metrics
import Models
import Tensors

/// One confusion matrix per image, in the sampler's order, from running batch statistics.
///
/// - Parameter batch: images at once; the scores depend on it by rounding alone.
/// - Throws: `UserError` if a score is not finite; `DataError` if a file cannot be read.
func evaluate(
  _ network: SegmentationNetwork, _ sampler: EvaluationSampler, classes: Int, batch: Int,
  compute: Compute,
  onImages: (Int) throws -> Void = { _ in }
) throws -> [ConfusionMatrix] {
  var matrices: [ConfusionMatrix] = []
  for start in stride(from: 0, to: sampler.count, by: batch) {
    let range = start..<min(sampler.count, start + batch)
    let input = try sampler.batch(images: range, compute: compute)
    var context = PassContext(training: false, compute: compute)
    let logits = network.forward(input.images, &context).output
    guard logits.elements.allSatisfy(\.isFinite) else {
      throw UserError("the trained network's scores are not finite; lower learning_rate")
    }
    let predicted = argmax(logits: logits, compute)
    let area = input.labels.h * input.labels.w
    for i in 0..<range.count {
      var matrix = ConfusionMatrix(classes: classes)
      try matrix.add(
        truth: input.labels.ids[i * area..<(i + 1) * area],
        prediction: predicted[i * area..<(i + 1) * area])
      matrices.append(matrix)
    }
    try onImages(range.upperBound)
  }
  return matrices
}
