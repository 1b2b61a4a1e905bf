import Metrics

extension ConfusionMatrix {
  private func total(_ truth: Int) -> Int {
    (0..<classes).reduce(0) { $0 + self[truth: truth, prediction: $1] }
  }
  private func guessed(_ p: Int) -> Int {
    (0..<classes).reduce(0) { $0 + self[truth: $1, prediction: p] }
  }
  func accuracy(of c: Int) -> Double? {
    let n = total(c)
    return n == 0 ? nil : Double(self[truth: c, prediction: c]) / Double(n)
  }
  func iou(of c: Int) -> Double? {
    let tp = self[truth: c, prediction: c]
    let n = total(c) + guessed(c) - tp
    return n == 0 ? nil : Double(tp) / Double(n)
  }
  var meanAccuracy: Double? { mean((0..<classes).map { accuracy(of: $0) }) }
  var meanIoU: Double? { mean((0..<classes).map { iou(of: $0) }) }
  var pixelAccuracy: Double? {
    let n = counts.reduce(0, +)
    return n == 0
      ? nil : Double((0..<classes).reduce(0) { $0 + self[truth: $1, prediction: $1] }) / Double(n)
  }
}
