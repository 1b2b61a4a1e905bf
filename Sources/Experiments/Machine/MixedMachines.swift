/// What a report says about runs that were computed with several sets of kernels or numbers of ranks.
package struct MixedMachines {
  /// One sentence; nil if all that is recorded is the same.
  package let sentence: String?

  package init(_ environments: [RunEnvironment]) {
    var counts: [(what: String, runs: Int)] = []
    for environment in environments {
      guard let kernel = environment.kernel else { continue }
      let version = environment.blasVersion.map { " of \($0)" } ?? ""
      let ranks = environment.ranks.map { " on \($0) ranks" } ?? ""
      let what = "\(kernel)\(version)\(ranks)"
      if let index = counts.firstIndex(where: { $0.what == what }) {
        counts[index].runs += 1
      } else {
        counts.append((what, 1))
      }
    }
    guard counts.count > 1 else {
      sentence = nil
      return
    }
    let parts = counts.map { "\($0.runs) with \($0.what)" }
    let ranks = Set(environments.map { $0.ranks ?? 1 }).count > 1 ? " or numbers of ranks" : ""
    sentence =
      "These runs were computed with different BLAS kernels\(ranks) (\(parts.joined(separator: ", "))), so "
      + "a run of one kind, trained again in the way of the other, may differ in bits."
  }
}
