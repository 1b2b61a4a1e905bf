import Datasets
import Files
import Foundation
import Tensors

extension RunRecord {
  /// Images and labels that the run was scored on, as it saw them, by place in `split.evaluated`.
  ///
  /// - Throws: `UserError` if the data set there has other images or labels than those scored;
  ///   `UserError` if a file cannot be read.
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
          "was scored on other images of \(data.name) than those there now (\(problem)); give the "
          + "data it was made with, or train it again")
    }
    guard items.map(\.name) == split.evaluated else { throw other("their names differ") }
    let store = ImageStore(
      dataset: dataset, items: items, height: data.evaluateHeight ?? data.height,
      width: data.evaluateWidth ?? data.width)
    var images: [Int: LabeledImage] = [:]
    for place in places where items.indices.contains(place) {
      let sample = try store.sample(place)
      let matrix = confusions[place]
      let scored = (0..<matrix.classes).map { matrix.truePixels(of: $0) }
      let labels = LabelMap(n: 1, h: sample.height, w: sample.width, ids: sample.labels.ids)
      guard labels.histogram(classes: matrix.classes) == scored else {
        throw other("the labels of \(items[place].name) differ")
      }
      images[place] = sample
    }
    return images
  }
}
