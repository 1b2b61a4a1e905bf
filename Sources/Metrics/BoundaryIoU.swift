/// Pixels near the boundaries of each class, summed over images: what boundary IoU is computed from.
///
/// Cheng, Girshick, Dollár, Berg, Kirillov: "Boundary IoU: Improving Object-Centric Image
/// Segmentation Evaluation", CVPR 2021, for semantic segmentation: the boundary of a class is the part
/// of its mask within `width` pixels of another class or of the image's edge, and the class's boundary
/// IoU is |truth boundary and predicted boundary| / |truth boundary or predicted boundary|, with both
/// counts summed over the images.
///
/// Pixels with an ignored label belong to no class, neither in the labels nor in the prediction; so
/// the edge of an ignored region is a boundary in both.
package struct BoundaryCounts: Hashable, Sendable, ClassCounts {
  /// By class: pixels on both boundaries, on that of the labels, and on that of the prediction.
  package private(set) var shared: [Int]
  package private(set) var truth: [Int]
  package private(set) var predicted: [Int]

  package init(classes: Int) {
    let none = [Int](repeating: 0, count: classes)
    (shared, truth, predicted) = (none, none, none)
  }

  /// Traps if the three differ in length.
  package init(shared: [Int], truth: [Int], predicted: [Int]) {
    precondition(shared.count == truth.count && truth.count == predicted.count)
    (self.shared, self.truth, self.predicted) = (shared, truth, predicted)
  }

  package var classes: Int { shared.count }

  /// The boundaries' pixels as outcomes; `Metric.iou` of them is the boundary IoU.
  package func outcomes(of c: Int) -> ClassOutcomes? {
    ClassOutcomes(
      truePositives: shared[c], falsePositives: predicted[c] - shared[c],
      falseNegatives: truth[c] - shared[c])
  }

  package static func + (a: BoundaryCounts, b: BoundaryCounts) -> BoundaryCounts {
    func sum(_ path: KeyPath<BoundaryCounts, [Int]>) -> [Int] {
      zip(a[keyPath: path], b[keyPath: path]).map { $0 + $1 }
    }
    return BoundaryCounts(
      shared: sum(\.shared), truth: sum(\.truth), predicted: sum(\.predicted))
  }

  /// Counts one image.
  ///
  /// - Parameters:
  ///   - truth: H x W ids in row-major order, `ignored` for pixels that do not count.
  ///   - prediction: as many ids, all below the number of classes.
  ///   - width: the width of the image.
  ///   - boundary: the width of the boundary; see `boundaryWidth`.
  /// Traps if the two differ in length, or an id is not below the number of classes.
  package mutating func add(
    truth: some Collection<UInt8>, prediction: some Collection<UInt8>, width: Int, boundary: Int,
    ignored: UInt8
  ) {
    precondition(truth.count == prediction.count)
    let truth = Array(truth)
    let prediction = zip(truth, prediction).map { $0 == ignored ? ignored : $1 }
    let edges = boundaries(of: truth, width: width, distance: boundary)
    let predictedEdges = boundaries(of: prediction, width: width, distance: boundary)
    for i in truth.indices where truth[i] != ignored {
      let (t, p) = (Int(truth[i]), Int(prediction[i]))
      if edges[i] { self.truth[t] += 1 }
      if predictedEdges[i] { predicted[p] += 1 }
      if edges[i] && predictedEdges[i] && t == p { shared[t] += 1 }
    }
  }
}

/// The width of boundaries in an image: 2 % of its diagonal, rounded as Python rounds.
/// - Returns: nil if that is below one pixel.
package func boundaryWidth(height: Int, width: Int) -> Int? {
  let diagonal = Double(height * height + width * width).squareRoot()
  let pixels = Int((0.02 * diagonal).rounded(.toNearestOrEven))
  return pixels < 1 ? nil : pixels
}

/// Whether each pixel is within `distance` pixels (the larger of the differences of rows and of
/// columns) of one with another id, or of the outside of the image.
///
/// For each id, this is its mask minus the mask's erosion by a 3 x 3 square, `distance` times, with
/// zeros around the image; since a pixel is in one mask only, all ids are done at once. The square is
/// the product of a row and a column: a pixel is inside if the rows above and below, too, have its id
/// on both sides of its column.
package func boundaries(of ids: [UInt8], width: Int, distance: Int) -> [Bool] {
  var isInRow = [Bool](repeating: false, count: ids.count)
  for start in stride(from: 0, to: ids.count, by: width) {
    let inside = interior(width, distance) { ids[start + $0] == ids[start + $1] }
    for x in 0..<width { isInRow[start + x] = inside[x] }
  }
  var isBoundary = [Bool](repeating: true, count: ids.count)
  for x in 0..<width {
    let inside = interior(ids.count / width, distance) { a, b in
      let (a, b) = (a * width + x, b * width + x)
      return isInRow[a] && isInRow[b] && ids[a] == ids[b]
    }
    for y in inside.indices { isBoundary[y * width + x] = !inside[y] }
  }
  return isBoundary
}

/// Whether the `distance` places on either side of each place exist and are joined to it.
/// - Parameter isJoined: whether a place is joined to the one before it.
private func interior(
  _ count: Int, _ distance: Int, isJoined: (_ place: Int, _ before: Int) -> Bool
) -> [Bool] {
  // The places of the run around each place: where it begins, and where it ends.
  var begin = [Int](repeating: 0, count: count)
  for place in begin.indices.dropFirst() {
    begin[place] = isJoined(place, place - 1) ? begin[place - 1] : place
  }
  var end = [Int](repeating: count - 1, count: count)
  for place in end.indices.dropLast().reversed() {
    end[place] = begin[place + 1] == begin[place] ? end[place + 1] : place
  }
  return begin.indices.map { $0 - begin[$0] >= distance && end[$0] - $0 >= distance }
}
