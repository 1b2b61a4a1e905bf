import Foundation
import Tensors

/// A batch in double precision: its valid pixels, and all of them where a loss looks at those too.
struct ReferenceBatch {
  /// Log-probabilities, a row a pixel.
  var logP: [[Double]]
  /// True classes.
  var y: [Int]
  /// The class of the largest score at each, the lowest of several.
  var predictions: [Int] = []
  /// The image each pixel lies in.
  var image: [Int]
  let classes: Int
  let classPixels: [Int]
  let validationPixels: [Int]
  let shape: Shape
  /// Of every pixel of the batch: log-probabilities, and the label, nil where it is ignored.
  var allLogP: [[Double]]
  var allY: [Int?]

  init(_ batch: Batch, logits: [Double]) {
    (logP, y, image) = ([], [], [])
    (classes, classPixels) = (batch.shape.c, batch.classPixels)
    (validationPixels, shape) = (batch.validationPixels, batch.shape)
    (allLogP, allY) = ([], [])
    for (i, id) in batch.labels.ids.enumerated() {
      let row = logProbabilities(Array(logits[i * classes..<(i + 1) * classes]))
      allLogP.append(row)
      allY.append(id == LabelMap.ignored ? nil : Int(id))
      guard id != LabelMap.ignored else { continue }
      logP.append(row)
      predictions.append(row.firstIndex(of: row.max()!)!)
      y.append(Int(id))
      image.append(i / (batch.shape.h * batch.shape.w))
    }
  }

  var ce: [Double] { zip(logP, y).map { -$0[$1] } }
  func p(_ i: Int, _ c: Int) -> Double { exp(logP[i][c]) }
  func weightedMean(_ w: [Double]) -> Double {
    zip(ce, y).reduce(0) { $0 + w[$1.1] * $1.0 } / y.reduce(0) { $0 + w[$1] }
  }

  /// True positives, false positives and false negatives among the valid pixels.
  func counts(of c: Int) -> (tp: Double, fp: Double, fn: Double) {
    var (tp, fp, fn) = (0.0, 0.0, 0.0)
    for i in y.indices {
      let predicted = predictions[i]
      if y[i] == c { if predicted == c { tp += 1 } else { fn += 1 } }
      if y[i] != c && predicted == c { fp += 1 }
    }
    return (tp, fp, fn)
  }

  /// 1 - recall of a class present.
  func missRate(of c: Int) -> Double {
    let (tp, _, fn) = counts(of: c)
    return fn / (tp + fn)
  }
}
