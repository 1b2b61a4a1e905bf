import Metrics
import Synchronization
import Tensors

/// What an evaluation counts besides confusion matrices.
struct Measures: Hashable, Sendable {
  /// Whether boundary pixels are counted.
  var countsBoundaries = false
  /// The width of boundaries in pixels where all images have the same size.
  var boundaryWidth: Int?
  /// Whether probabilities are counted.
  var calibration = false

  /// Whether anything is counted.
  var counts: Bool { countsBoundaries || calibration }

  /// Counts a batch.
  ///
  /// - Parameters:
  ///   - labels: [N, H, W].
  ///   - predicted: N x H x W training ids.
  ///   - logits: [N, H, W, classes], finite.
  /// - Returns: one element for each image, the same for any number of threads.
  func count(
    _ labels: LabelMap, _ predicted: [UInt8], logits: Tensor, classes: Int, _ compute: Compute
  ) -> [MeasuredImage] {
    guard counts else { return [] }
    let area = labels.h * labels.w
    let images = Mutex([MeasuredImage](repeating: MeasuredImage(), count: labels.n))
    compute.parallelFor(labels.n) { i in
      let pixels = i * area..<(i + 1) * area
      let (truth, predicted) = (labels.ids[pixels], predicted[pixels])
      var image = MeasuredImage()
      image.boundary = boundaryWidth.map { width in
        var counts = BoundaryCounts(classes: classes)
        counts.add(
          truth: truth, prediction: predicted, width: labels.w, boundary: width,
          ignored: LabelMap.ignored)
        return counts
      }
      if calibration {
        var counts = Calibration(classes: classes)
        counts.add(
          logits: logits.elements[i * area * classes..<(i + 1) * area * classes],
          prediction: predicted, truth: truth, ignored: LabelMap.ignored)
        image.calibration = counts
      }
      images.withLock { $0[i] = image }
    }
    return images.withLock { $0 }
  }
}

/// What was counted in one image.
struct MeasuredImage: Sendable {
  var boundary: BoundaryCounts?
  var calibration: Calibration?
}

extension [MeasuredImage] {
  /// One element for each image; nil where they were not counted.
  var boundaries: [BoundaryCounts]? {
    let counts = compactMap(\.boundary)
    return counts.isEmpty ? nil : counts
  }

  /// The sum over the images, in their order.
  var calibration: Calibration? {
    let counts = compactMap(\.calibration)
    return counts.first.map { counts.dropFirst().reduce($0, +) }
  }
}

extension RunConfiguration {
  /// What the run is evaluated for.
  var measures: Measures {
    let countsBoundaries = evaluation?.boundary == true
    return Measures(
      countsBoundaries: countsBoundaries,
      boundaryWidth: countsBoundaries ? data.boundaryWidth : nil,
      calibration: evaluation?.calibration ?? false)
  }
}

extension DataConfiguration {
  /// The width of boundaries at the scored size; nil if that is below one pixel, or if images are
  /// scored at the size of their files.
  package var boundaryWidth: Int? {
    guard scoredSize == nil else { return nil }
    let (height, width) = evaluationSize
    return Metrics.boundaryWidth(height: height, width: width)
  }
}
