import Datasets
import Files
import Foundation
import Tensors

extension RunRecord {
  /// Reads the images and labels that the run was scored on, at the size at which the network received
  /// them, by index in `split.evaluated`.
  ///
  /// - Throws: `UserError` if the data set's images or labels differ from those scored, or if a
  ///   file cannot be read.
  package func evaluatedImages(_ places: [Int], of dataset: any Dataset) throws
    -> [Int: LabeledImage]
  {
    let data = configuration.data
    let all = try dataset.items(data.evaluate)
    let items = data.evaluateLimit.map { RunData.spread(all, $0) } ?? all
    func other(_ problem: String) -> UserError {
      UserError(
        path: folder.path,
        problem:
          "was scored on different images of \(data.name) from the current ones (\(problem)); give "
          + "the data it was trained with, or train it again")
    }
    guard items.map(\.name) == split.evaluated else { throw other("their names differ") }
    let (height, width) = data.evaluationSize
    let store = ImageStore(dataset: dataset, items: items, height: height, width: width)
    var images: [Int: LabeledImage] = [:]
    for place in places where items.indices.contains(place) {
      let sample = try store.sample(place)
      let matrix = confusions[place]
      let scored = (0..<matrix.classes).map { matrix.truePixels(of: $0) }
      let read = data.scoredSize == .files ? try dataset.readLabels(items[place]) : sample.labels
      let labels = LabelMap(n: 1, h: read.height, w: read.width, ids: read.ids)
      guard labels.histogram(classes: matrix.classes) == scored else {
        throw other("the labels of \(items[place].name) differ")
      }
      let recorded = split.content?.evaluated
      if let recorded, recorded.indices.contains(place), try store.digest(place) != recorded[place]
      {
        throw other("the pixels of \(items[place].name) differ")
      }
      images[place] = sample
    }
    return images
  }
}
