import Datasets

/// Random scales and crops of the training size, for any data set.
package struct CropConfiguration: Codable, Hashable, Sendable {
  /// The range of scales, drawn uniformly. At scale 1 an image has the size at which images are
  /// evaluated, so that objects are about as large in training as in evaluation.
  package var smallest: Double
  package var largest: Double

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
        base: .init(height: evaluateHeight ?? height, width: evaluateWidth ?? width),
        flips: augmentation == .flip)
    }
  }
}
