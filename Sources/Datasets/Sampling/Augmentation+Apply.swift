import Tensors

extension Augmentation {
  /// The scales of the authors' Cityscapes recipe, relative to the given sample.
  static let scales = [0.75, 1, 1.25, 1.5, 1.75, 2]
  /// Brightness, contrast and saturation are multiplied by 1 plus or minus up to this.
  static let jitter = 0.5

  /// The sample as it is fed to the network, `height` x `width`.
  /// - Parameter padding: the color around an image that is smaller than its crop.
  package func apply(
    to sample: LabeledImage, height: Int, width: Int,
    padding: [UInt8] = Normalization.imageNet.meanBytes, random: inout RandomSource
  ) -> LabeledImage {
    switch self {
    case .none:
      return sample.resized(height: height, width: width)
    case .flip:
      let resized = sample.resized(height: height, width: width)
      return random.uniform() < 0.5 ? resized.mirrored : resized
    case .cityscapes:
      let jitter = ColorJitter(strength: Self.jitter, random: &random)
      let isMirrored = random.uniform() < 0.5
      let scale = Self.scales[random.below(Self.scales.count)]
      let crop = Crop(of: sample, scale: scale, height: height, width: width, random: &random)
      var cut = crop.cut(sample)
      jitter.apply(to: &cut.image)
      let padded = crop.pad(cut, color: padding)
      return isMirrored ? padded.mirrored : padded
    }
  }
}
