import Metrics
import Synchronization
import Tensors

/// The totals of each of many draws of a run's images.
struct DrawnTotals: Sendable {
  private let draws: Int
  private let classes: Int
  /// Correct, labeled and predicted pixels, [draws][3][classes].
  private let counts: [Int]

  /// Draws as many images as there are, with replacement.
  init(of images: [ClassTotals], draws: Int) {
    (self.draws, classes) = (draws, images.first?.classes ?? 0)
    let rows = images.map { $0.truePositives + $0.labeled + $0.predicted }
    var counts: [Int] = []
    counts.reserveCapacity(draws * 3 * classes)
    for draw in 0..<draws {
      var random = RandomSource(
        seed: UInt64(images.count), purpose: "bootstrap", counter: UInt64(draw))
      var times = [Int](repeating: 0, count: images.count)
      for _ in images { times[random.below(images.count)] += 1 }
      var sum = [Int](repeating: 0, count: 3 * classes)
      for (row, times) in zip(rows, times) where times > 0 { Self.add(row, times, to: &sum) }
      counts += sum
    }
    self.counts = counts
  }

  private static func add(_ row: [Int], _ times: Int, to sum: inout [Int]) {
    // Checked once, so that the loop runs on vectors; pixels cannot overflow 64 bits.
    precondition(row.count == sum.count)
    for i in row.indices { sum[i] &+= times &* row[i] }
  }

  /// Of each draw; NaN where the score is undefined.
  func scores(_ score: ClassMean) -> [Double] {
    let scored = score.classes ?? Array(0..<classes)
    return (0..<draws).map { draw in
      var (sum, defined) = (0.0, 0)
      for c in scored {
        guard let value = score.metric(outcomes(draw, c)) else { continue }
        (sum, defined) = (sum + value, defined + 1)
      }
      return defined == 0 ? .nan : sum / Double(defined)
    }
  }

  private func outcomes(_ draw: Int, _ c: Int) -> ClassOutcomes {
    let start = draw * 3 * classes + c
    let (correct, labeled) = (counts[start], counts[start + classes])
    return ClassOutcomes(
      truePositives: correct, falsePositives: counts[start + 2 * classes] - correct,
      falseNegatives: labeled - correct)
  }
}

/// The scores of a run that were asked for.
final class KnownScores: Sendable {
  private let known = Mutex<[ClassMean: DrawnScores]>([:])

  func scores(_ score: ClassMean, compute: () -> DrawnScores) -> DrawnScores {
    if let scores = known.withLock({ $0[score] }) { return scores }
    let scores = compute()
    known.withLock { $0[score] = scores }
    return scores
  }
}
