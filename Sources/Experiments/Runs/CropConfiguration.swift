import Datasets

/// Random scales and crops of the training size, for any data set.
package struct CropConfiguration: Codable, Hashable, Sendable {
  /// What an image at scale 1 is, where its size is not given.
  package enum Base: String, Codable, Hashable, Sendable {
    /// Its file's size.
    case files
  }

  /// The range of scales, drawn uniformly.
  package var smallest: Double
  package var largest: Double
  /// The size of an image at scale 1, in pixels. Without it, and without `base`, the size at which
  /// images are evaluated, so that objects look as large in training as in evaluation.
  package var height: Int?
  package var width: Int?
  package var base: Base?

  package init(_ scales: ClosedRange<Double>) {
    (smallest, largest) = (scales.lowerBound, scales.upperBound)
  }
}

extension DataConfiguration {
  /// Nil where images are resized to the training size, or augmented as `augmentation` names it.
  package var scaleAndCrop: ScaleAndCrop? {
    crop.map { crop in
      ScaleAndCrop(
        scales: min(crop.smallest, crop.largest)...max(crop.smallest, crop.largest),
        base: crop.base == .files
          ? nil
          : .init(
            height: crop.height ?? evaluateHeight ?? height,
            width: crop.width ?? evaluateWidth ?? width), flips: augmentation == .flip)
    }
  }
}
