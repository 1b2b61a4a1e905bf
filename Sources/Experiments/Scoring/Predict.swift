import Checkpoints
import Datasets
import Files
import Foundation
import Models
import Tensors

/// Writes a run's predictions as label files of the data set's own ids and format, at the size of
/// the images.
///
/// The network sees an image at the size it is evaluated at; its logits are then brought to the
/// image's size bilinearly (pixel areas coincide), and the class with the largest one is the
/// prediction. At an image of the evaluated size that is what `evaluate` counts.
///
/// - Parameters:
///   - overlays: also write the images half covered by the official colors.
///   - onImages: told how many are done; what it throws ends the work.
/// - Throws: `UserError` if the weights do not fit, a score is not finite or a file cannot be
///   written; `UserError` if an image cannot be read.
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

/// Training ids of an image, at its size.
private func predictedClasses(
  _ network: SegmentationNetwork, _ image: ColorImage, _ data: DataConfiguration,
  _ normalization: Normalization, _ compute: Compute
) throws -> [UInt8] {
  let (height, width) = (data.evaluateHeight ?? data.height, data.evaluateWidth ?? data.width)
  var context = PassContext(training: false, compute: compute)
  var logits = network.forward(
    image.resized(height: height, width: width).tensor(normalization, compute), &context
  ).output
  guard logits.elements.allSatisfy(\.isFinite) else {
    throw UserError("the trained network's logits are not finite; lower learning_rate")
  }
  if (height, width) != (image.height, image.width) {
    logits = BilinearResize().forward(
      logits, height: image.height, width: image.width, compute)
  }
  return argmax(logits: logits, compute)
}

extension DataConfiguration {
  /// The images to predict of a split, as many as an evaluation with that limit takes.
  package func targets(
    of dataset: any Dataset, _ split: Split, limit: Int?
  ) throws -> [PredictionTarget] {
    let all = try dataset.predictionTargets(split)
    return limit.map { RunData.spread(all, $0) } ?? all
  }
}
