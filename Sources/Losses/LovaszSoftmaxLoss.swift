import Tensors

/// Lovasz-softmax (Berman, Rannen Triki and Blaschko, CVPR 2018, equations 8 and 9, algorithm 1):
/// the mean over the classes present in the batch of the Lovasz extension of the Jaccard loss, at
/// the errors e_i = |[y_i = c] - p_{i,c}| of the batch's valid pixels.
///
/// With the errors sorted in descending order and I = N_c, U = N_c at the start, a pixel of the
/// class has the coefficient 1/U and lowers I by one; any other has I/(U (U + 1)) and raises U by
/// one (the differences of 1 - I/U, without cancellation). The value is the sum of coefficient
/// times error, its gradient by p the coefficient with the sign of de/dp; of equal errors, the
/// pixel with the lower index comes first (a subgradient). From I = 0 on all coefficients are 0, so
/// pixels of other classes with an error below the smallest of the class's own need no sorting.
package struct LovaszSoftmaxLoss: Loss {
  package init() {}

  package func evaluate(_ input: LossInput) -> LossResult {
    guard input.validPixels > 0 else { return .zero(input) }
    let gradient = input.compute.empty(input.logits.shape)
    let value = lovaszSoftmax(
      input.batch, 0..<input.labels.pixels, classPixels: input.classPixels, parts: 1, gradient)
    return LossResult(value: value, gradient: gradient)
  }

  static let descriptor = LossDescriptor(
    name: "lovasz", title: "Lovász-softmax",
    formula: "L = mean_{c in batch} Σᵢ e₍ᵢ₎·(J₍ᵢ₎ − J₍ᵢ₋₁₎),  eᵢ = |[y=c] − pᵢ,c| descending",
    reduction: "mean over the classes present in the batch, all its valid pixels together",
    absentClasses: absentFromBatch, source: "Berman et al. 2018, equations (8) and (9)",
    claims: LossClaims(lowerBound: 0, upperBound: 1)
  ) { _ in LovaszSoftmaxLoss() }
}

/// Lovasz-softmax as the authors' code computes it: on each image separately, over its valid pixels
/// and the classes present in it, then the mean over all images. One without a valid pixel
/// contributes 0 to that mean.
///
/// Gradient: that of each image's own loss, divided by the number of images.
package struct PublishedLovaszSoftmaxLoss: Loss {
  package init() {}

  package func evaluate(_ input: LossInput) -> LossResult {
    let (n, perImage) = (input.labels.n, input.labels.h * input.labels.w)
    let gradient = input.compute.empty(input.logits.shape)
    let values = (0..<n).map { image in
      let range = image * perImage..<(image + 1) * perImage
      var counts = [Int](repeating: 0, count: input.classes)
      for id in input.labels.ids[range] where id != LabelMap.ignored { counts[Int(id)] += 1 }
      return lovaszSoftmax(input.batch, range, classPixels: counts, parts: n, gradient)
    }
    return LossResult(value: values.reduce(0, +), gradient: gradient)
  }

  static let descriptor = LossDescriptor(
    name: "lovasz.published", title: "Lovász-softmax, as published",
    formula: "L = mean_n mean_{c in n} Σᵢ e₍ᵢ₎·(J₍ᵢ₎ − J₍ᵢ₋₁₎),  eᵢ = |[y=c] − pᵢ,c| descending",
    reduction: "mean over the classes present in an image, then over all images",
    scope: .image, absentClasses: absentFromImage, source: "authors' code",
    claims: LossClaims(lowerBound: 0, upperBound: 1)
  ) { _ in PublishedLovaszSoftmaxLoss() }
}
