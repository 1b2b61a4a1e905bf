import Files
import Statistics

/// What choosing a checkpoint by the validation split changes: the mean IoU of the best weights and of
/// the last ones, on the scored split, for the seeds that all losses have.
struct CheckpointSelection {
  private struct Scores {
    let loss: LossName
    /// Fractions by seed.
    let best: [Double]
    let last: [Double]
  }

  private let scores: [Scores]
  private let seeds: [UInt64]

  /// - Parameter runs: each loss's, in the order of tables.
  init(_ runs: [(loss: LossName, runs: [ReportedRun])]) {
    let known = runs.map { loss, runs in
      let pairs = runs.compactMap { run -> (UInt64, (best: Double, last: Double))? in
        guard let best = run.checkpoints?.best.meanIoU, let last = run.checkpoints?.last.meanIoU
        else { return nil }
        return (run.configuration.seed, (best, last))
      }
      return (loss: loss, bySeed: Dictionary(pairs) { first, _ in first })
    }.filter { !$0.bySeed.isEmpty }
    let shared = known.dropFirst().reduce(Set(known.first?.bySeed.keys ?? [:].keys)) {
      $0.intersection($1.bySeed.keys)
    }
    seeds = shared.sorted()
    scores = known.map { loss, bySeed in
      let pairs = shared.sorted().compactMap { bySeed[$0] }
      return Scores(loss: loss, best: pairs.map(\.best), last: pairs.map(\.last))
    }
  }

  /// Whether there is a seed for which two losses have both scores.
  private var isComplete: Bool { scores.count > 1 && !seeds.isEmpty }

  /// What the choice adds to mean IoU: for each seed, the mean over the losses; with the numbers of
  /// each loss.
  func addition() -> Finding {
    guard isComplete else { return .untested("no two losses with scores of best and last weights") }
    let each = scores.map { zip($0.best, $0.last).map { $0 - $1 } }
    let means = seeds.indices.map { seed in Statistic(each.map { $0[seed] })?.mean ?? 0 }
    var finding = Rule.direction(
      ofSeeds: means, isHigher: true, "best - last, mean IoU, mean over \(scores.count) losses",
      missing: "seed", test: "test")
    finding.numbers += zip(scores, each).map { scores, values in
      "\(scores.loss.notation): \(signed(Statistic(values)?.mean ?? 0))"
    }
    return finding
  }

  /// Whether the choice leaves the order of the losses by mean IoU as it is. Two losses change places if
  /// their difference, averaged over seeds, changes its sign.
  func order() -> Finding {
    guard isComplete else { return .untested("no two losses with scores of best and last weights") }
    let numbers = [orderText("last", \.last), orderText("best", \.best), exchangeText]
    let certain = exchanges.filter { a, b in
      isCertain(a.last, b.last) && isCertain(a.best, b.best)
    }
    return Finding(
      verdict: seeds.count < 2
        ? .oneSeed
        : exchanges.isEmpty ? .supported : certain.isEmpty ? .inconclusive : .contradicted,
      numbers: numbers,
      deciding: Finding.Deciding(what: exchangeText, number: "", slack: 0))
  }

  /// Lines for the table of best and last weights; empty if fewer than two losses have both.
  var notes: [String] {
    isComplete
      ? [
        "By mean IoU, \(orderText("last", \.last)); \(orderText("best", \.best)); \(exchangeText)."
      ]
      : []
  }

  private var exchanges: [(Scores, Scores)] {
    scores.indices.flatMap { i in
      scores[(i + 1)...].compactMap { other in
        let (last, best) = (gap(scores[i].last, other.last), gap(scores[i].best, other.best))
        return last * best < 0 ? (scores[i], other) : nil
      }
    }
  }

  private var exchangeText: String {
    let (found, pairs) = (exchanges, scores.count * (scores.count - 1) / 2)
    let names = found.map { "\($0.loss.notation) and \($1.loss.notation)" }
    return "\(found.count) of \(pairs) pairs of losses change places"
      + (names.isEmpty ? "" : " (\(names.joined(separator: ", ")))")
  }

  private func orderText(_ name: String, _ values: (Scores) -> [Double]) -> String {
    let ranked = scores.map { ($0.loss.notation, values($0).reduce(0, +)) }
      .enumerated().sorted { ($1.element.1, $0.offset) < ($0.element.1, $1.offset) }
    return "order by the \(name) weights: "
      + ranked.map(\.element.0).joined(separator: " > ")
  }

  private func gap(_ a: [Double], _ b: [Double]) -> Double {
    a.reduce(0, +) - b.reduce(0, +)
  }

  /// Whether the difference is distinguishable from 0 by a t-test over the seeds, p below 0.05.
  private func isCertain(_ a: [Double], _ b: [Double]) -> Bool {
    guard let difference = Statistic(zip(a, b).map { $0 - $1 }),
      let deviation = difference.deviation, deviation > 0
    else { return false }
    let n = Double(a.count)
    let t = difference.mean / (deviation / n.squareRoot())
    return StudentT(degreesOfFreedom: n - 1).twoSidedTail(t) < 0.05
  }
}

extension PanelComparisons {
  /// The finding of a rule about the checkpoints, where they are chosen on the scored images.
  func selection(_ rule: (CheckpointSelection) -> Finding) -> Finding {
    guard setting.shared.data.evaluate == .validation else {
      return .untested(
        "here the checkpoint is chosen on the validation split, and the "
          + "\(setting.shared.data.evaluate.rawValue) split is scored")
    }
    return rule(CheckpointSelection(losses.map { ($0, reportedRuns(of: $0)) }))
  }
}
