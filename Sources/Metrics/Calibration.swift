import Foundation

/// Pixels by predicted probability: what the expected calibration error is computed from.
///
/// The probabilities are the softmax of the logits. Bins are of equal width, and bin b holds
/// probabilities in (b / 15, (b + 1) / 15].
package struct Reliability: Hashable, Sendable {
  package static let bins = 15

  /// For each bin: pixels, the sum of their probabilities, and those for which the event occurred.
  package private(set) var pixels: [Int]
  package private(set) var probability: [Double]
  package private(set) var occurred: [Int]

  package init() {
    let none = [Int](repeating: 0, count: Self.bins)
    (pixels, occurred) = (none, none)
    probability = [Double](repeating: 0, count: Self.bins)
  }

  /// Traps unless there is a value for each bin.
  package init(pixels: [Int], probability: [Double], occurred: [Int]) {
    precondition([pixels.count, probability.count, occurred.count].allSatisfy { $0 == Self.bins })
    (self.pixels, self.probability, self.occurred) = (pixels, probability, occurred)
  }

  package static func bin(_ probability: Double) -> Int {
    min(bins, max(1, Int((probability * Double(bins)).rounded(.up)))) - 1
  }

  mutating func add(_ probability: Double, occurred: Bool) {
    let bin = Self.bin(probability)
    pixels[bin] += 1
    self.probability[bin] += probability
    if occurred { self.occurred[bin] += 1 }
  }

  static func + (a: Reliability, b: Reliability) -> Reliability {
    Reliability(
      pixels: zip(a.pixels, b.pixels).map { $0 + $1 },
      probability: zip(a.probability, b.probability).map { $0 + $1 },
      occurred: zip(a.occurred, b.occurred).map { $0 + $1 })
  }

  /// The mean over pixels of the distance, in each pixel's bin, between how often the event occurred
  /// and the mean probability; nil without pixels.
  package var error: Double? {
    let all = pixels.reduce(0, +)
    guard all > 0 else { return nil }
    return zip(occurred, probability).reduce(0) { $0 + abs(Double($1.0) - $1.1) } / Double(all)
  }

  /// The mean probability; nil without pixels.
  package var meanProbability: Double? {
    let all = pixels.reduce(0, +)
    return all == 0 ? nil : probability.reduce(0, +) / Double(all)
  }

  /// How often the event occurred; nil without pixels.
  package var frequency: Double? { quotient(occurred.reduce(0, +), pixels.reduce(0, +)) }
}

/// How well a network's probabilities agree with how often they are right, over the pixels of a split
/// with a label.
package struct Calibration: Hashable, Sendable {
  /// The largest probability of each pixel, and whether the class that has it is the label.
  package private(set) var confidence: Reliability
  /// For each class, its probability in each pixel, and whether it is the label.
  package private(set) var classes: [Reliability]

  package init(classes: Int) {
    (confidence, self.classes) = (Reliability(), .init(repeating: Reliability(), count: classes))
  }

  package init(confidence: Reliability, classes: [Reliability]) {
    (self.confidence, self.classes) = (confidence, classes)
  }

  /// Sums are of doubles: the same order of the same images gives the same bits.
  package static func + (a: Calibration, b: Calibration) -> Calibration {
    Calibration(
      confidence: a.confidence + b.confidence,
      classes: zip(a.classes, b.classes).map { $0 + $1 })
  }

  /// The expected calibration error of the predicted class (Guo, Pleiss, Sun, Weinberger: "On
  /// Calibration of Modern Neural Networks", ICML 2017); nil without pixels.
  package var expectedError: Double? { confidence.error }

  /// The mean over all classes of the calibration error of each (Kull et al.: "Beyond temperature
  /// scaling", NeurIPS 2019, classwise-ECE); classes that never occur count, since they have
  /// probabilities, too. Nil without pixels.
  package var classwiseError: Double? { mean(classes.map(\.error)) }

  /// Counts pixels.
  ///
  /// - Parameters:
  ///   - logits: [pixels, classes], finite.
  ///   - prediction: the class of the largest logit for each pixel.
  ///   - truth: the label of each pixel, `ignored` for those that do not count.
  /// Traps if the lengths do not fit each other.
  package mutating func add(
    logits: some Collection<Float>, prediction: some Collection<UInt8>,
    truth: some Collection<UInt8>, ignored: UInt8
  ) {
    let (logits, prediction, truth) = (Array(logits), Array(prediction), Array(truth))
    let count = classes.count
    precondition(prediction.count == truth.count && logits.count == truth.count * count)
    var probabilities = [Double](repeating: 0, count: count)
    for i in truth.indices where truth[i] != ignored {
      softmax(logits[i * count..<(i + 1) * count], into: &probabilities)
      confidence.add(probabilities[Int(prediction[i])], occurred: prediction[i] == truth[i])
      for c in 0..<count { classes[c].add(probabilities[c], occurred: c == Int(truth[i])) }
    }
  }
}

/// In double precision, so that the bins do not depend on how a kernel rounds.
private func softmax(_ logits: ArraySlice<Float>, into probabilities: inout [Double]) {
  let largest = Double(logits.max() ?? 0)
  var sum = 0.0
  for (c, logit) in logits.enumerated() {
    probabilities[c] = exp(Double(logit) - largest)
    sum += probabilities[c]
  }
  for c in probabilities.indices { probabilities[c] /= sum }
}
