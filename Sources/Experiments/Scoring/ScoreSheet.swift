import Datasets
import Metrics

/// Scored images and what is computed from them: everything that score tables and files show.
package struct ScoreSheet: Sendable {
  /// A description of what was scored, for the reader.
  package let title: String
  /// Class names, indexed by matrix id.
  package let names: [String]
  package let images: [ScoredImage]
  /// Categories and instances; nil where the matrices are indexed by training ids.
  package let labels: LabelTable?
  package let hasInstances: Bool
  /// The sum of the images' confusion matrices.
  package let confusion: ConfusionMatrix

  /// Creates a sheet of predictions scored by a data set's own ids. `images` must not be empty.
  package init(title: String, images: [ScoredImage], labels: LabelTable, hasInstances: Bool) {
    self.init(
      title: title, names: labels.names, images: images, labels: labels,
      hasInstances: hasInstances)
  }

  /// Creates a sheet of a network scored by training ids. `images` must not be empty.
  package init(title: String, images: [ScoredImage], classes: ClassTable) {
    self.init(
      title: title, names: classes.names, images: images, labels: nil, hasInstances: false)
  }

  private init(
    title: String, names: [String], images: [ScoredImage], labels: LabelTable?, hasInstances: Bool
  ) {
    precondition(names.count == images[0].confusion.classes)
    (self.title, self.names, self.images) = (title, names, images)
    (self.labels, self.hasInstances) = (labels, hasInstances)
    confusion = images.dropFirst().reduce(images[0].confusion) { $0 + $1.confusion }
  }

  /// The instance-weighted IoU by id; nil where ignored, without instances, or undefined.
  package var instanceIoU: [Double?] {
    let outcomes = instanceOutcomes(count: names.count) { ($0.label, $0.hits) }
    return names.indices.map { id in
      guard labels?.averageInstanceSize[id] != nil else { return nil }
      return outcomes[id].iou(falsePositives: confusion.falsePositives(of: [id], truth: [id]))
    }
  }

  package struct CategoryScore: Hashable, Sendable {
    package var name: String
    /// The IoU; nil where all labels are ignored, or undefined.
    package var iou: Double?
    /// The instance-weighted IoU; nil where not all labels have instances, or undefined.
    package var instanceIoU: Double?
  }

  package var categories: [CategoryScore] {
    guard let labels else { return [] }
    let outcomes = instanceOutcomes(count: labels.categories.count) { hits in
      let category = labels.categories.firstIndex { $0.ids.contains(hits.label) }
      return (category ?? 0, hits.categoryHits)
    }
    return labels.categories.enumerated().map { index, category in
      let scored = Set(category.ids).subtracting(labels.ignored)
      var score = CategoryScore(name: category.name)
      score.iou = scored.isEmpty ? nil : confusion.outcomes(of: scored).jaccard
      if category.hasInstances {
        // Here an ignored label of the category counts as a prediction of the category.
        let falsePositives = confusion.falsePositives(of: Set(category.ids), truth: scored)
        score.instanceIoU = outcomes[index].iou(falsePositives: falsePositives)
      }
      return score
    }
  }

  /// Sums instance outcomes in the order of images and instance ids.
  private func instanceOutcomes(
    count: Int, _ part: (InstanceHits) -> (index: Int, hits: Int)
  ) -> [InstanceOutcomes] {
    var outcomes = [InstanceOutcomes](repeating: InstanceOutcomes(), count: count)
    for hits in images.lazy.flatMap(\.instances) {
      let (index, found) = part(hits)
      outcomes[index].add(
        hits: found, of: hits.size, averageSize: labels?.averageInstanceSize[hits.label] ?? 0)
    }
    return outcomes
  }
}

extension ConfusionMatrix {
  /// Whether no pixel has a class that is scored.
  package var isVoid: Bool {
    scored.allSatisfy { id in (0..<classes).allSatisfy { self[truth: id, prediction: $0] == 0 } }
  }

  /// The pixels predicted as each id, on scored pixels and others.
  package var predictedPixels: [Int] {
    (0..<classes).map { id in (0..<classes).reduce(0) { $0 + self[truth: $1, prediction: id] } }
  }
}
