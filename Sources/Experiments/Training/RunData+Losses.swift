import Datasets
import Files
import Losses
import Tensors

extension Trainer {
  /// Creates a trainer for a data set, with the pixel counts that the configuration's loss needs.
  /// - Parameter torch: the loss, if the configuration names one written in PyTorch.
  convenience init(
    _ configuration: RunConfiguration, data: RunData, torch: TorchLoss? = nil, compute: Compute
  ) throws {
    let needsValidationPixels =
      try configuration.torch == nil
      && LossSpecification(parsing: configuration.loss).descriptor.needsValidationPixels
    try self.init(
      configuration, classes: data.dataset.classes.count,
      classPixels: data.split.trainClassPixels,
      validationFirstImagePixels: needsValidationPixels
        ? data.validationFirstImagePixels(batch: configuration.training.batch, compute: compute)
        : nil, torch: torch, compute: compute)
  }
}

extension RunData {
  /// Counts the pixels of each class, except ignored ones, in the first image of every batch of the
  /// whole validation split, in order, at the evaluation size. The authors' code uses these counts
  /// for its class weights, apparently intending all images of the training split.
  /// - Throws: `UserError` if the split is missing or a label file cannot be read.
  func validationFirstImagePixels(batch: Int, compute: Compute) throws -> [Int] {
    let items = try dataset.items(.validation)
    let firsts = stride(from: 0, to: items.count, by: batch).map { items[$0] }
    let store = ImageStore(
      dataset: dataset, items: firsts, height: evaluated.height, width: evaluated.width)
    return try classPixels(of: store, compute: compute)
  }
}
