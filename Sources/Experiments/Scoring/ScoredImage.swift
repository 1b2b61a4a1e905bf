import Datasets
import Files
import Foundation
import Metrics
import Synchronization
import Tensors

/// One image's contribution to the scores.
package struct ScoredImage: Hashable, Sendable {
  /// A stable name, not a path on one machine.
  package var name: String
  package var confusion: ConfusionMatrix
  /// Instances by ascending id; empty where instances are unknown.
  package var instances: [InstanceHits]

  package init(name: String, confusion: ConfusionMatrix, instances: [InstanceHits] = []) {
    (self.name, self.confusion, self.instances) = (name, confusion, instances)
  }

  /// Compares a prediction with its label file, by the data set's own ids.
  /// - Parameter palettes: those of the files read before.
  /// - Throws: `UserError` naming the file that cannot be read, contains an unknown id, differs in
  ///   size, or has a palette that contradicts another one.
  package init(
    _ files: ScoredFiles, labels: LabelTable, countsInstances: Bool,
    comparing palettes: PaletteMemory? = nil
  ) throws {
    // From the headers: what does not fit need not be decoded.
    if let truth = PNG.statedSize(files.truth), let prediction = PNG.statedSize(files.prediction) {
      try Self.checkSizes(files, truth: truth, prediction: prediction)
    }
    let truth = try labels.readIds(files.truth, comparing: palettes)
    let prediction = try labels.readIds(files.prediction, comparing: palettes)
    try Self.checkSizes(
      files, truth: [truth.height, truth.width], prediction: [prediction.height, prediction.width])
    var confusion = ConfusionMatrix(classes: labels.labels.count, ignored: labels.ignored)
    try confusion.add(truth: truth.ids, prediction: prediction.ids)
    self.init(name: files.name, confusion: confusion)
    if countsInstances, let url = files.instances {
      instances = try InstanceHits.count(url, prediction: prediction, labels: labels)
    }
  }

  /// Heights and widths in pixels.
  private static func checkSizes(
    _ files: ScoredFiles, truth: [Int], prediction: [Int]
  ) throws(UserError) {
    guard truth == prediction else {
      throw UserError(
        path: files.prediction.path,
        problem: "is \(prediction[1]) x \(prediction[0]) pixels, but its label file "
          + "\(files.truth.path) is \(truth[1]) x \(truth[0])")
    }
  }
}

/// How many pixels of one object were predicted correctly.
package struct InstanceHits: Hashable, Sendable {
  /// The object's label id.
  package var label: Int
  /// The object's size in pixels.
  package var size: Int
  /// The number of pixels predicted as the object's label.
  package var hits: Int
  /// The number of pixels predicted as any label of the object's category.
  package var categoryHits: Int

  /// Counts the objects of scored labels in an instance image.
  /// - Throws: `UserError` if the image cannot be read, has a different size, or contains an object
  ///   of a label that has no instances.
  static func count(
    _ url: URL, prediction: LabelImage, labels: LabelTable
  ) throws -> [InstanceHits] {
    let image = try InstanceImage(contentsOf: url)
    guard (image.height, image.width) == (prediction.height, prediction.width) else {
      throw UserError(
        path: url.path,
        problem: "is \(image.width) x \(image.height) pixels, but the prediction is "
          + "\(prediction.width) x \(prediction.height)")
    }
    var categoryOf = [Int](repeating: -1, count: 256)
    for (index, category) in labels.categories.enumerated() {
      for id in category.ids { categoryOf[id] = index }
    }
    var (sizes, hits) = ([Int](repeating: 0, count: 1 << 16), [Int](repeating: 0, count: 1 << 16))
    var categoryHits = hits
    for (pixel, id) in image.ids.enumerated() where id > 1000 {
      let (object, label, predicted) = (Int(id), Int(id) / 1000, Int(prediction.ids[pixel]))
      sizes[object] += 1
      if label == predicted { hits[object] += 1 }
      if categoryOf[label] == categoryOf[predicted] { categoryHits[object] += 1 }
    }
    return try sizes.indices.filter { sizes[$0] > 0 }.compactMap { object in
      let label = object / 1000
      if labels.ignored.contains(label) { return nil }
      guard labels.averageInstanceSize[label] != nil else {
        throw UserError(
          path: url.path,
          problem: "contains the instance id \(object), but the label \(label) has no instances")
      }
      return InstanceHits(
        label: label, size: sizes[object], hits: hits[object], categoryHits: categoryHits[object])
    }
  }
}

/// Compares every prediction with its label file.
///
/// - Returns: the scored images in the order of `files`, for any number of threads; `hasInstances`
///   says whether there are instance images (either all label files have one or none does).
/// - Throws: `UserError` as in `ScoredImage`, or naming a label file that has no instance image
///   although others do.
package func score(
  _ files: [ScoredFiles], labels: LabelTable, compute: Compute
) throws -> (images: [ScoredImage], hasInstances: Bool) {
  let hasInstances = !labels.averageInstanceSize.isEmpty && files.contains { $0.instances != nil }
  if hasInstances, let lacking = files.first(where: { $0.instances == nil }) {
    throw UserError(
      path: lacking.truth.path,
      problem: "has no _instanceIds.png next to it, although others do; add it, or remove them all")
  }
  let palettes = PaletteMemory()
  let images = Mutex([ScoredImage?](repeating: nil, count: files.count))
  try compute.parallelTry(files.count) { index in
    let image = try ScoredImage(
      files[index], labels: labels, countsInstances: hasInstances, comparing: palettes)
    images.withLock { $0[index] = image }
  }
  return (images.withLock { $0.compactMap { $0 } }, hasInstances)
}
