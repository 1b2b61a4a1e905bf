/// The allowed word closest to `word`, if it is close enough to be meant.
package func suggestion(for word: String, among allowed: [String]) -> String? {
  guard word.count <= 64 else { return nil }
  let closest = allowed.map { (distance($0, word), $0) }.min { $0.0 < $1.0 }
  guard let (edits, match) = closest, edits <= max(1, match.count / 3) else { return nil }
  return match
}

/// `; did you mean 'iterations'? allowed: a, b, c`
package func allowedList(for word: String, _ allowed: [String]) -> String {
  let list = "allowed: " + allowed.joined(separator: ", ")
  return suggestion(for: word, among: allowed).map { "; did you mean '\($0)'? \(list)" }
    ?? "; \(list)"
}

/// Insertions, deletions, replacements and swaps of neighbors (optimal string alignment).
private func distance(_ a: String, _ b: String) -> Int {
  let (a, b) = (Array(a.lowercased()), Array(b.lowercased()))
  var beforeLast: [Int] = []
  var last = Array(0...b.count)
  for i in 0..<a.count {
    var row = [i + 1]
    for j in 0..<b.count {
      var edits = min(last[j] + (a[i] == b[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
        edits = min(edits, beforeLast[j - 1] + 1)
      }
      row.append(edits)
    }
    (beforeLast, last) = (last, row)
  }
  return last[b.count]
}
