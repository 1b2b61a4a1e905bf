import Tensors

/// A random scale, then a random crop of the training size: what is outside the image becomes ignored
/// labels and the mean color. The usual augmentation of semantic segmentation, as in DeepLab and in
/// torchvision's reference training.
package struct ScaleAndCrop: Hashable, Sendable {
  /// A size in pixels.
  package struct Size: Hashable, Sendable {
    package var height: Int
    package var width: Int

    package init(height: Int, width: Int) { (self.height, self.width) = (height, width) }
  }

  /// Drawn uniformly.
  package var scales: ClosedRange<Double>
  /// The size of an image at scale 1; nil: that of its file.
  package var base: Size?
  /// Whether to flip horizontally, with probability 1/2.
  package var flips: Bool

  package init(scales: ClosedRange<Double>, base: Size?, flips: Bool) {
    (self.scales, self.base, self.flips) = (scales, base, flips)
  }

  /// The sample as it is fed to the network, `height` x `width`.
  /// - Parameter padding: the color around an image that is smaller than its crop.
  package func apply(
    to sample: LabeledImage, height: Int, width: Int,
    padding: [UInt8] = Normalization.imageNet.meanBytes, random: inout RandomSource
  ) -> LabeledImage {
    let isMirrored = flips && random.uniform() < 0.5
    let scale = random.uniform(scales)
    let base = base ?? Size(height: sample.height, width: sample.width)
    let crop = Crop(
      ofHeight: Double(base.height) * scale, width: Double(base.width) * scale,
      to: (height, width), random: &random)
    let padded = crop.pad(crop.cut(sample), color: padding)
    return isMirrored ? padded.mirrored : padded
  }
}
