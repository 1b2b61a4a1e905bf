import Metrics

// What one rank counted, as numbers for the others. All of them have the same bits there.

extension Evaluated {
  var words: [UInt64] {
    var words = Words()
    words.add(matrices.flatMap(\.counts))
    words.add(count: corrected.count)
    for matrices in corrected { words.add(matrices.flatMap(\.counts)) }
    words.add(count: predictions.count)
    for (image, ids) in predictions.sorted(by: { $0.key < $1.key }) {
      words.add(count: image)
      words.add(ids.map(Int.init))
    }
    words.add(count: measured.count)
    for image in measured { words.add(image) }
    return words.words
  }

  /// - Parameters:
  ///   - words: from `words`; traps if they are others.
  ///   - classes: of all matrices.
  init(words: [UInt64], classes: Int) {
    var words = Words(words)
    func matrices(_ counts: [Int]) -> [ConfusionMatrix] {
      let size = classes * classes
      return stride(from: 0, to: counts.count, by: size).map {
        ConfusionMatrix(classes: classes, counts: Array(counts[$0..<$0 + size]))
      }
    }
    self.matrices = matrices(words.numbers())
    corrected = (0..<words.count()).map { _ in matrices(words.numbers()) }
    for _ in 0..<words.count() {
      let image = words.count()
      predictions[image] = words.numbers().map { UInt8($0) }
    }
    measured = (0..<words.count()).map { _ in words.measuredImage() }
  }
}

/// Numbers one after another, lists with their lengths before them.
private struct Words {
  private(set) var words: [UInt64]
  private var place = 0

  init(_ words: [UInt64] = []) { self.words = words }

  mutating func add(count: Int) { words.append(UInt64(count)) }

  mutating func add(_ numbers: [Int]) {
    add(count: numbers.count)
    words += numbers.map { UInt64($0) }
  }

  mutating func add(_ image: MeasuredImage) {
    let boundary = image.boundary.map { [$0.shared, $0.truth, $0.predicted] } ?? []
    add(count: boundary.count)
    for counts in boundary { add(counts) }
    let calibration = image.calibration.map { [$0.confidence] + $0.classes } ?? []
    add(count: calibration.count)
    for counts in calibration {
      add(counts.pixels)
      words += counts.probability.map(\.bitPattern)
      add(counts.occurred)
    }
  }

  mutating func count() -> Int {
    defer { place += 1 }
    return Int(words[place])
  }

  mutating func numbers() -> [Int] {
    let count = count()
    defer { place += count }
    return words[place..<place + count].map { Int($0) }
  }

  private mutating func reliability() -> Reliability {
    let pixels = numbers()
    let probability = words[place..<place + Reliability.bins].map { Double(bitPattern: $0) }
    place += Reliability.bins
    return Reliability(pixels: pixels, probability: probability, occurred: numbers())
  }

  mutating func measuredImage() -> MeasuredImage {
    var image = MeasuredImage()
    if count() > 0 {
      let (shared, truth, predicted) = (numbers(), numbers(), numbers())
      image.boundary = BoundaryCounts(shared: shared, truth: truth, predicted: predicted)
    }
    let rows = count()
    if rows > 0 {
      let confidence = reliability()
      image.calibration = Calibration(
        confidence: confidence, classes: (1..<rows).map { _ in reliability() })
    }
    return image
  }
}
