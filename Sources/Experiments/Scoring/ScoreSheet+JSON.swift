import Metrics

/// The scores as JSON: fractions with all digits, null where undefined.
///
/// The keys of the official Cityscapes evaluation hold the same values as in its output:
/// `confMatrix` (by id, every pixel), `labels` (name to id), `priors` (fraction of true pixels),
/// `classScores` and `categoryScores` (IoU), `classInstScores` and `categoryInstScores`
/// (instance-weighted IoU, only with instance images) and their means `averageScore...`. Where the
/// official evaluation writes NaN, which is not valid JSON, this writes null. RecallBench adds
/// `evaluated`, `images`, `pixels` (scored pixels), `pixelAccuracy`, `classes` (outcomes and scores
/// by name), `mean`, `fineGrained` (means over images and over the worst of them), and `perImage` with
/// the same fields for every image.
extension ScoreSheet: Encodable {
  private enum Key: String, CodingKey {
    case confMatrix, labels, priors, classScores, classInstScores, categoryScores
    case categoryInstScores, averageScoreClasses, averageScoreInstClasses
    case averageScoreCategories, averageScoreInstCategories
    case evaluated, images, perImage, fineGrained
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    func encode(_ scores: [Double?], of names: [String], _ key: Key, mean meanKey: Key) throws {
      try container.encode(byName(scores, names), forKey: key)
      try container.encode(mean(scores), forKey: meanKey)
    }
    try container.encode(title, forKey: .evaluated)
    try container.encode(images.count, forKey: .images)
    try container.encode(byName(Array(names.indices), names), forKey: .labels)
    let all = confusion.counts.reduce(0, +)
    let priors = names.indices.map { id in
      all == 0 ? nil : Double(confusion.truePixels(of: id)) / Double(all)
    }
    try container.encode(byName(priors, names), forKey: .priors)
    try encode(
      Metric.iou.perClass(confusion), of: names, .classScores, mean: .averageScoreClasses)
    if hasInstances {
      try encode(instanceIoU, of: names, .classInstScores, mean: .averageScoreInstClasses)
    }
    let categories = categories
    if !categories.isEmpty {
      let categoryNames = categories.map(\.name)
      try encode(
        categories.map(\.iou), of: categoryNames, .categoryScores, mean: .averageScoreCategories)
      if hasInstances {
        try encode(
          categories.map(\.instanceIoU), of: categoryNames, .categoryInstScores,
          mean: .averageScoreInstCategories)
      }
    }
    try container.encode(FineGrainedEntry(self), forKey: .fineGrained)
    try container.encode(
      images.map { Part(name: $0.name, names: names, confusion: $0.confusion) }, forKey: .perImage)
    try Part(name: nil, names: names, confusion: confusion).encode(to: encoder)
  }
}

/// The fields written both for all images together and for each image.
private struct Part: Encodable {
  let name: String?
  let names: [String]
  let confusion: ConfusionMatrix

  private enum Key: String, CodingKey {
    case name, pixels, pixelAccuracy, classes, mean, confMatrix
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encodeIfPresent(name, forKey: .name)
    try container.encode(confusion.pixels, forKey: .pixels)
    try container.encode(confusion.pixelAccuracy, forKey: .pixelAccuracy)
    let entries = confusion.scored.compactMap { id in
      confusion.outcomes(of: id).map { (names[id], ClassEntry(outcomes: $0)) }
    }
    try container.encode(Dictionary(uniqueKeysWithValues: entries), forKey: .classes)
    try container.encode(ClassScores(meanOf: confusion), forKey: .mean)
    let (counts, size) = (confusion.counts, confusion.classes)
    let rows = stride(from: 0, to: counts.count, by: size).map { Array(counts[$0..<$0 + size]) }
    try container.encode(rows, forKey: .confMatrix)
  }
}

private struct ClassEntry: Encodable {
  let outcomes: ClassOutcomes

  private enum Key: String, CodingKey { case truePositives, falsePositives, falseNegatives }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(outcomes.truePositives, forKey: .truePositives)
    try container.encode(outcomes.falsePositives, forKey: .falsePositives)
    try container.encode(outcomes.falseNegatives, forKey: .falseNegatives)
    try ClassScores(outcomes).encode(to: encoder)
  }
}

private func byName<Value>(_ values: [Value], _ names: [String]) -> [String: Value] {
  Dictionary(uniqueKeysWithValues: zip(names, values))
}
