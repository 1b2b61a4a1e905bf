import Files

/// The differences of one score in several panels, in a few words: how many are higher or lower, the
/// smallest and the largest.
struct DifferenceRange {
  /// Where a difference was found, such as `S18`.
  typealias Entry = (place: String, difference: PairedDifference)

  /// Ascending.
  private let entries: [Entry]

  /// nil if there is none.
  init?(_ entries: [Entry]) {
    guard !entries.isEmpty else { return nil }
    self.entries = entries.sorted { $0.difference.estimate.value < $1.difference.estimate.value }
  }

  /// `+2.97 [+1.21, +4.73] (higher)`, or for several
  /// `+6.36 [+5.28, +7.43] (C101) to +9.92 [+8.81, +11.02] (S18) (higher in 4 of 4)`. One seed has no
  /// verdict in parentheses.
  var text: String { numbers + (verdicts.map { " (\($0))" } ?? "") }

  private var numbers: String {
    guard let first = entries.first, let last = entries.last else { return dash }
    if entries.count == 1 { return first.difference.numberText }
    return [first, last].map { "\($0.difference.numberText) (\($0.place))" }
      .joined(separator: " to ")
  }

  /// nil where all are of one seed.
  private var verdicts: String? {
    let judged = entries.map(\.difference.verdict).filter { $0 != .oneSeed }
    guard let first = judged.first else { return nil }
    if judged.count == 1 { return first.rawValue }
    let kinds: [PairedDifference.Verdict] = [.higher, .lower, .inconclusive, .untestable]
    let counts = kinds.compactMap { kind -> String? in
      let count = judged.count { $0 == kind }
      return count == 0 ? nil : "\(kind.rawValue) in \(count)"
    }
    return counts.joined(separator: ", ") + " of \(judged.count)"
  }
}
