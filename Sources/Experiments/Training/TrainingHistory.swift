/// Aggregates training steps into entries of a run's history.
struct TrainingHistory: Codable {
  private(set) var entries: [HistoryEntry] = []
  /// Steps since the last entry.
  private var steps = 0
  private var lossSum = 0.0
  private var weightSums: [Double] = []
  private var weightSteps: [Int] = []
  /// Nil for none, as in checkpoints from earlier versions.
  private var unlabeled: Int?

  init() {}

  /// Counts a batch in which no pixel is labeled; to be called before its `add`.
  mutating func addUnlabeled() { unlabeled = (unlabeled ?? 0) + 1 }

  /// - Parameter classWeights: the weight of each class; NaN if the class does not occur in the
  ///   batch.
  mutating func add(loss: Double, classWeights: [Double]?) {
    steps += 1
    lossSum += loss
    guard let classWeights else { return }
    if weightSums.isEmpty {
      weightSums = .init(repeating: 0, count: classWeights.count)
      weightSteps = .init(repeating: 0, count: classWeights.count)
    }
    for (c, weight) in classWeights.enumerated() where weight.isFinite {
      weightSums[c] += weight
      weightSteps[c] += 1
    }
  }

  /// Adds an entry that ends at this iteration.
  mutating func close(at iteration: Int) {
    guard steps > 0 else { return }
    let weights = zip(weightSums, weightSteps).map { $1 > 0 ? $0 / Double($1) : nil }
    entries.append(
      HistoryEntry(
        iteration: iteration, loss: lossSum / Double(steps),
        classWeights: weights.isEmpty ? nil : weights))
    entries[entries.count - 1].unlabeledBatches = unlabeled
    unlabeled = nil
    (steps, lossSum, weightSums, weightSteps) = (0, 0, [], [])
  }

  /// Records the false positives of the last step's batch in the last entry, as fractions of its
  /// valid pixels, rounded to six decimal places.
  mutating func set(falsePositives: [Int], ofPixels pixels: Int) {
    guard !entries.isEmpty, pixels > 0 else { return }
    entries[entries.count - 1].falsePositives = falsePositives.map {
      (Double($0) / Double(pixels) * 1e6).rounded() / 1e6
    }
  }

  /// Records the validation scores in the last entry.
  mutating func setValidation(meanIoU: Double?, meanAccuracy: Double?) {
    guard !entries.isEmpty else { return }
    entries[entries.count - 1].validationMeanIoU = meanIoU
    entries[entries.count - 1].validationMeanAccuracy = meanAccuracy
  }
}
