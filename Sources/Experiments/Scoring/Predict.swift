import Checkpoints
import Datasets
import Files
import Foundation
import Models
import Tensors

/// Writes a run's predictions as label files at image size, in the data set's own ids and format.
///
/// The network receives each image at the evaluation size. Its logits are then resized bilinearly
/// to the image size (`align_corners=False`), and the prediction is their argmax. For an image of
/// the evaluation size, and for any image of a run that is scored at the files' size, this is the
/// prediction that `evaluate` counts.
///
/// - Parameters:
///   - overlays: also write the images blended half and half with the official colors.
///   - onImages: called with the number of images done; an error it throws stops the work.
/// - Throws: `UserError` if the weights do not fit, a logit is not finite, a file cannot be written
///   or an image cannot be read.
package func predict(
  _ targets: [PredictionTarget], configuration: RunConfiguration, weights: [NamedArray],
  normalization: Normalization,
  to output: URL, overlays: Bool, compute: Compute,
  onImages: (Int) throws -> Void = { _ in }
) throws {
  let labels = try configuration.data.descriptor.labels
  let fileIds = labels.fileIds.map { UInt8($0) }
  let network = configuration.makeNetwork(classes: fileIds.count)
  try network.load(weights)
  for (index, target) in targets.enumerated() {
    let image = try PNG.readColor(target.image)
    let classes = try predictedClasses(
      network, image, configuration.data, normalization, compute)
    let ids = LabelImage(
      height: image.height, width: image.width, ids: classes.map { fileIds[Int($0)] })
    let file = output.appending(path: target.prediction)
    try AtomicFile.createFolder(file.deletingLastPathComponent())
    try labels.write(ids, to: file)
    if overlays {
      let picture = output.appending(path: target.overlay)
      try AtomicFile.createFolder(picture.deletingLastPathComponent())
      try PNG.write(labels.overlay(ids, on: image), to: picture)
    }
    try onImages(index + 1)
  }
}

/// The predicted training ids of an image, at image size.
private func predictedClasses(
  _ network: SegmentationNetwork, _ image: ColorImage, _ data: DataConfiguration,
  _ normalization: Normalization, _ compute: Compute
) throws -> [UInt8] {
  let (height, width) = data.evaluationInput(height: image.height, width: image.width)
  var context = PassContext(training: false, compute: compute)
  let logits = network.forward(
    image.resized(height: height, width: width).tensor(normalization, compute), &context
  ).output
  guard logits.isFinite else {
    throw UserError("the trained network's logits are not finite; lower learning_rate")
  }
  return EnlargedLogits(logits: logits, image: 0, height: image.height, width: image.width)
    .argmax(compute)
}

extension DataConfiguration {
  /// The images of a split to predict: those that an evaluation with this limit uses.
  package func targets(
    of dataset: any Dataset, _ split: Split, limit: Int?
  ) throws -> [PredictionTarget] {
    let all = try dataset.predictionTargets(split)
    return limit.map { RunData.spread(all, $0) } ?? all
  }
}
