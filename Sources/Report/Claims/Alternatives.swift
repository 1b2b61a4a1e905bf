import Metrics

/// The losses of a panel that cannot be told from another one.
struct Alternatives {
  let alike: [LossName]
  private let differences: [(loss: LossName, text: String, size: Double)]

  init(_ panel: ComparedPanel, to subject: LossName, _ scores: [ClassMean]) {
    let candidates = panel.others.filter { $0 != subject }
    let columns = scores.map { panel.differences(candidates, from: subject, $0) }
    alike = candidates.filter { loss in
      columns.allSatisfy { column in
        column.contains { $0.loss == loss && $0.difference.verdict == .inconclusive }
      }
    }
    differences = zip(scores, columns).flatMap { score, column in
      column.map { loss, difference in
        (
          loss,
          "\(difference.numberText) points of \(score.title) (\(loss.notation) - \(subject.notation), "
            + "\(panel.id))", abs(difference.estimate.value)
        )
      }
    }
  }

  func largest(of losses: [LossName]) -> [(text: String, size: Double)] {
    differences.filter { losses.contains($0.loss) }.map { ($0.text, $0.size) }
  }
}
