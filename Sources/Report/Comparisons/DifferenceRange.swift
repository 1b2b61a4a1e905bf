import Files

/// The differences of one score in several panels, in the words of a sentence whose subject is the loss.
struct DifferenceRange {
  /// Where a difference was found, such as `in S18` or `with ResNet-18`.
  typealias Entry = (place: String, difference: PairedDifference)

  /// In the order of the panels.
  private let entries: [Entry]

  /// nil if there is none.
  init?(_ entries: [Entry]) {
    guard !entries.isEmpty else { return nil }
    self.entries = entries
  }

  private typealias Verdict = PairedDifference.Verdict

  /// For each verdict, such as `has higher mean accuracy than ce, by +2.97 [+1.21, +4.73] points` or
  /// `cannot be told apart from ce in mean IoU in 2 of 4 panels (-0.86 [-7.04, +5.32] points in S101 to
  /// ...)`.
  func clauses(_ score: String, from reference: String) -> [String] {
    let order: [Verdict] = [.higher, .lower, .inconclusive, .untestable, .oneSeed]
    return order.compactMap { verdict in
      let found = entries.filter { $0.difference.verdict == verdict }
      return found.isEmpty ? nil : clause(verdict, found, score, reference)
    }
  }

  private func clause(
    _ verdict: Verdict, _ found: [Entry], _ score: String, _ reference: String
  ) -> String {
    let (places, numbers) = (places(found), numbers(found))
    return switch verdict {
    case .higher, .lower:
      "has \(verdict.rawValue) \(score) than \(reference)\(places), by \(numbers)"
    case .inconclusive: "cannot be told apart from \(reference) in \(score)\(places) (\(numbers))"
    case .untestable: "scores 0 like \(reference) in \(score)\(places) (\(numbers))"
    // Numbers alone.
    case .oneSeed: "scores \(numbers) against \(reference) in \(score)"
    }
  }

  private func places(_ found: [Entry]) -> String {
    if entries.count == 1 { return "" }
    if found.count == 1 { return " \(found[0].place)" }
    return found.count == entries.count
      ? " in \(found.count == 2 ? "both" : "all \(found.count)") panels"
      : " in \(found.count) of \(entries.count) panels"
  }

  /// The smallest and the largest.
  private func numbers(_ found: [Entry]) -> String {
    let sorted = found.sorted { $0.difference.estimate.value < $1.difference.estimate.value }
    guard let first = sorted.first, let last = sorted.last else { return dash }
    if found.count == 1 { return "\(first.difference.numberText) points" }
    return "\(first.difference.numberText) points \(first.place) to \(last.difference.numberText) "
      + last.place
  }
}

/// `a`, `a and b`, `a, b, and c`.
func list(_ parts: [String]) -> String {
  parts.count == 2 ? parts.joined(separator: " and ") : listOfClauses(parts)
}

/// With a comma between two, too.
func listOfClauses(_ parts: [String]) -> String {
  guard let last = parts.last, parts.count > 1 else { return parts.first ?? "" }
  return "\(parts.dropLast().joined(separator: ", ")), and \(last)"
}
