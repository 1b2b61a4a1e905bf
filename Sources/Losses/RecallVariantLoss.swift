import Files
import Tensors

/// Recall loss as it is often written elsewhere: with the recall of each image in place of the
/// batch's, or divided by the sum of the weights in place of the number of pixels, or both.
///
/// sum over the valid pixels of w ce, w = 1 - R_y of the region, the pixel's image or the batch.
/// Divided by the number of pixels, the loss gets smaller as recall gets larger; divided by the sum
/// of w, it does not. Gradient: w (p_j - [j = y]) over the same number; no gradient flows through
/// the weights. If every w is 0, value and gradient are 0. Reports the mean w of each class, which
/// is 1 - R_c of the batch, for either region.
package struct RecallVariantLoss: Loss {
  /// Divide by the sum of the weights.
  package let isNormalized: Bool
  package let isPerImage: Bool
  /// As in the authors' code: 1 - R is max(FN, 1) / max(N, 1), and what is not normalized is
  /// divided by all pixels.
  let countsFromOne: Bool

  init(isNormalized: Bool, isPerImage: Bool, countsFromOne: Bool = false) {
    (self.isNormalized, self.isPerImage) = (isNormalized, isPerImage)
    self.countsFromOne = countsFromOne
  }

  package func evaluate(_ input: LossInput) -> LossResult {
    let counts = RegionCounts(input, perImage: isPerImage)
    let weights = zip(counts.missed, counts.pixels).map { missed, pixels in
      countsFromOne
        ? Double(max(missed, 1)) / Double(max(pixels, 1)) : Double(missed) / Double(max(pixels, 1))
    }
    let sum = zip(weights, counts.pixels).reduce(0) { $0 + $1.0 * Double($1.1) }
    let pixels = Double(countsFromOne ? input.labels.pixels : input.validPixels)
    var (result, weightSums) = reweightedCrossEntropy(
      input, normalizer: isNormalized ? sum : pixels
    ) { pixel in
      PixelWeight(constant: weights[pixel.index / counts.area * input.classes + pixel.label])
    }
    // With nothing to divide by, the sums were not taken, and all of them are 0.
    result.classWeights = zip(weightSums, input.classPixels).map {
      $1 > 0 ? $0 / Double($1) : .nan
    }
    return result
  }
}

/// Pixels and FN of each class in each region, [regions, C].
private struct RegionCounts {
  /// Pixels of a region.
  let area: Int
  var pixels: [Int]
  var missed: [Int]

  init(_ input: LossInput, perImage: Bool) {
    area = max(1, perImage ? input.labels.h * input.labels.w : input.labels.pixels)
    pixels = [Int](repeating: 0, count: max(1, input.labels.pixels / area) * input.classes)
    missed = pixels
    let predictions = argmax(logits: input.logits, input.compute)
    for (i, id) in input.labels.ids.enumerated() where id != LabelMap.ignored {
      let place = i / area * input.classes + Int(id)
      pixels[place] += 1
      if predictions[i] != id { missed[place] += 1 }
    }
  }
}

// What `recall` and `recall.published` are made from.
extension RecallVariantLoss {
  static let parameters = [
    LossParameter(
      name: "normalize", defaultValue: nil, defaultText: "no", range: .only(1),
      meaning: "divides by the sum of the weights instead of the number of pixels"),
    LossParameter(
      name: "per_image", defaultValue: nil, defaultText: "no", range: .only(1),
      meaning: "takes the recall of each image instead of the batch's"),
  ]

  /// - Parameter plain: the loss without any of the parameters.
  /// - Throws: `UserError` for a combination that means nothing.
  static func make(
    _ ingredients: LossIngredients, countsFromOne: Bool, plain: any Loss
  ) throws(UserError) -> any Loss {
    let values = ingredients.values
    let (normalize, perImage) = (values["normalize"] != nil, values["per_image"] != nil)
    if let momentum = values["momentum"] {
      guard !normalize, !perImage else {
        throw UserError(
          "recall loss: "
            + (perImage
              ? "momentum remembers one recall of each class, so it does not go with per_image"
              : "with momentum the sum is always divided by the weights; leave out normalize"))
      }
      return MomentumRecallLoss(
        momentum: momentum, classes: ingredients.classes, countsFromOne: countsFromOne)
    }
    guard normalize || perImage else { return plain }
    return RecallVariantLoss(
      isNormalized: normalize, isPerImage: perImage, countsFromOne: countsFromOne)
  }
}
