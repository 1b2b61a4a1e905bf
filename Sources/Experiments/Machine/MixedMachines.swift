/// What a report says about runs that were computed with several sets of kernels or numbers of ranks, or
/// by several engines or versions of one.
package struct MixedMachines {
  /// One sentence; nil if all that is recorded is the same.
  package let sentence: String?

  package init(_ environments: [RunEnvironment]) {
    var counts: [(what: String, runs: Int)] = []
    for environment in environments {
      guard let what = environment.engine?.title ?? Self.kernels(of: environment) else { continue }
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
    let engines = environments.contains { $0.engine != nil } ? " or by different engines" : ""
    sentence =
      "These runs were computed with different BLAS kernels\(ranks)\(engines) "
      + "(\(parts.joined(separator: ", "))), so a run of one kind, trained again in the way of the other, "
      + "may differ in bits."
  }

  private static func kernels(of environment: RunEnvironment) -> String? {
    guard let kernel = environment.kernel else { return nil }
    let version = environment.blasVersion.map { " of \($0)" } ?? ""
    let ranks = environment.ranks.map { " on \($0) ranks" } ?? ""
    return "\(kernel)\(version)\(ranks)"
  }
}
