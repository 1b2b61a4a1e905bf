/// The outcomes of each class in each image, from which scores are averaged over images or over the
/// images of a class, instead of being computed from the sum of all images.
///
/// A class has an entry in an image only if it has a true pixel there (nil otherwise, called NULL in
/// the paper), so that accuracy and IoU average over the same pairs. A class that is predicted in an
/// image where it does not occur has no entry of its own: the pixels count as false negatives of the
/// classes that do occur. Images without a scored pixel are left out.
///
/// Wang, Berman, Rannen-Triki, Torr, Tuia, Tuytelaars, Van Gool, Yu, Blaschko: "Revisiting Evaluation
/// Metrics for Semantic Segmentation: Optimization and Evaluation of Fine-grained Intersection over
/// Union", NeurIPS 2023 Datasets and Benchmarks.
package struct FineGrained: Sendable {
  /// [images][classes]; nil where the class has no true pixel in the image, or is not scored.
  package let outcomes: [[ClassOutcomes?]]
  /// The sum over all images; nil if there are none.
  private let total: ConfusionMatrix?

  /// - Parameter images: one matrix for each image, all with the same classes.
  package init(_ images: [ConfusionMatrix]) {
    outcomes = images.map { image in
      (0..<image.classes).map { c in image.truePixels(of: c) == 0 ? nil : image.outcomes(of: c) }
    }
    total = images.first.map { images.dropFirst().reduce($0, +) }
  }

  /// The mean of `metric` as `grain` takes it; nil if nothing is defined.
  package func mean(_ metric: Metric, _ grain: Grain) -> Double? {
    switch grain.over {
    case .dataset: return total.flatMap(metric.mean)
    case .images:
      let scores = imageScores(metric)
      return averaged(grain) { lowest($0, of: scores) }
    case .classes:
      let scores = classScores(metric)
      return averaged(grain) { percent in Metrics.mean(scores.map { lowest(percent, of: $0) }) }
    }
  }

  /// Each image's mean over the classes that occur in it, in the order of the images.
  package func imageScores(_ metric: Metric) -> [Double] {
    outcomes.compactMap { image in Metrics.mean(image.map { $0.flatMap { metric($0) } }) }
  }

  /// For each class, its scores in the images in which it occurs, in their order.
  package func classScores(_ metric: Metric) -> [[Double]] {
    (0..<(outcomes.first?.count ?? 0)).map { c in
      outcomes.compactMap { image in image[c].flatMap { metric($0) } }
    }
  }

  /// The mean of `value` over the percentages that the grain averages over.
  private func averaged(_ grain: Grain, _ value: (Int) -> Double?) -> Double? {
    Metrics.mean(grain.percentages.map(value))
  }
}

/// The mean of the lowest `percent` of the values: of floor(n percent / 100), but at least of one.
private func lowest(_ percent: Int, of values: [Double]) -> Double? {
  let count = max(1, values.count * percent / 100)
  return mean(values.sorted().prefix(count).map(Optional.some))
}

/// Over what scores are averaged, and over which part of it.
package struct Grain: Hashable, Sendable {
  package enum Over: Hashable, Sendable { case dataset, images, classes }

  /// The name in CSV and JSON, such as `image_worst5`.
  package let name: String
  /// The title in tables, such as `per image, worst 5 %`.
  package let title: String
  /// The superscript in Wang et al., such as `I^5`.
  package let symbol: String
  let over: Over
  /// The lowest-scoring parts, in percent, whose means are averaged.
  let percentages: [Int]

  /// Wang et al.'s q-bar: the mean over the worst 10, 20, ..., 100 %, which weights an image or a
  /// class's image the more, the worse it is.
  private static let deciles = Array(stride(from: 10, through: 100, by: 10))

  /// D: from the sum of all images, as everywhere else in RecallBench.
  package static let dataset = Grain(
    name: "dataset", title: "per data set", symbol: "D", over: .dataset, percentages: [100])
  /// I: the mean over images of each image's mean over the classes that occur in it.
  package static let image = Grain(
    name: "image", title: "per image", symbol: "I", over: .images, percentages: [100])
  /// C: the mean over classes of each class's mean over the images in which it occurs.
  package static let classImage = Grain(
    name: "class_image", title: "per class and image", symbol: "C", over: .classes,
    percentages: [100])
  /// The mean over the worst images, with weight on the worst.
  package static let imageWeighted = Grain(
    name: "image_worst_mean", title: "per image, by deciles", symbol: "I^q", over: .images,
    percentages: deciles)
  /// The mean over classes of each class's worst images, with weight on the worst.
  package static let classImageWeighted = Grain(
    name: "class_image_worst_mean", title: "per class and image, by deciles", symbol: "C^q",
    over: .classes, percentages: deciles)
  /// I^5: the mean over the worst 5 % of the images.
  package static let worstImages = Grain(
    name: "image_worst5", title: "worst 5 % of images", symbol: "I^5", over: .images,
    percentages: [5])
  /// C^5: the mean over classes of the worst 5 % of each class's images.
  package static let worstClassImages = Grain(
    name: "class_image_worst5", title: "worst 5 % of each class's images", symbol: "C^5",
    over: .classes, percentages: [5])

  /// In the order of tables.
  package static let all = [
    dataset, image, classImage, imageWeighted, classImageWeighted, worstImages, worstClassImages,
  ]
}
