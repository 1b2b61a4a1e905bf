import Files
import Foundation

/// The runs that a sweep's output folder should contain, stored as `sweep.json` for its report.
package struct SweepPlan: Codable, Hashable, Sendable {
  package static let fileName = "sweep.json"

  /// Files store the runs as `cells`, the name from the first version.
  private enum CodingKeys: String, CodingKey {
    case name
    case runs = "cells"
    case tuning, seal
  }

  /// The sweep's name, such as `quick`.
  package var name: String
  package var runs: [RunConfiguration]
  /// The searches for learning rates and parameters; nil if there are none.
  package var tuning: [TunedLoss]?
  /// In a file, the SHA-256 of its canonical JSON without this; nil in those of earlier versions.
  private var seal: String?

  package init(name: String, runs: [RunConfiguration], tuning: [TunedLoss]? = nil) {
    (self.name, self.runs, self.tuning) = (name, runs, tuning)
  }

  /// - Returns: the plan, or nil if the folder has none.
  /// - Throws: `UserError` if it is damaged.
  package static func load(_ output: URL) throws(UserError) -> SweepPlan? {
    let url = output.appending(path: fileName)
    guard FileManager.default.fileExists(atPath: url.path) else { return nil }
    do throws(UserError) { return try readJSON(SweepPlan.self, url).opened(url) } catch {
      throw error.adding("; run the sweep again, which writes it again")
    }
  }

  /// The same, but a damaged plan is left out with a warning: the runs themselves are not in it.
  /// - Parameter outcome: what is done without it, as a clause.
  package static func loadReadable(_ output: URL, outcome: String) -> SweepPlan? {
    do throws(UserError) { return try load(output) } catch {
      warn("\(error); \(outcome)")
      return nil
    }
  }

  /// The plan that a sweep extends.
  static func loadForSweep(_ output: URL) -> SweepPlan? {
    loadReadable(output, outcome: "this sweep does so now, with its own runs")
  }

  /// Whether the folder has no plan, as after it was removed while runs were trained.
  static func isMissing(in output: URL) -> Bool {
    !FileManager.default.fileExists(atPath: output.appending(path: fileName).path)
  }

  /// - Parameter adding: keep the runs that the folder's plan already has.
  package func save(to output: URL, adding: Bool) throws {
    var plan = self
    if adding, let old = Self.loadForSweep(output) {
      plan = added(to: old)
      if plan == old { return }
    }
    let url = output.appending(path: SweepPlan.fileName)
    plan.seal = try plan.expectedSeal
    try AtomicFile.write(try CanonicalJSON.encode(plan, pretty: true) + [0x0a], to: url)
  }

  private var expectedSeal: String {
    get throws { sha256(try CanonicalJSON.encode(self)) }
  }

  /// The plan without its seal.
  /// - Throws: `UserError` if it is not as it was written.
  private func opened(_ url: URL) throws(UserError) -> SweepPlan {
    var plan = self
    plan.seal = nil
    guard seal == nil || seal == (try? plan.expectedSeal) else {
      throw UserError(
        path: url.path, problem: "is damaged or was edited: it does not match its seal")
    }
    return plan
  }

  /// An earlier plan, extended by this one's runs and searches.
  func added(to old: SweepPlan) -> SweepPlan {
    var searches = old.tuning ?? []
    for var search in tuning ?? [] {
      let index = searches.firstIndex { $0.fixed == search.fixed }
      if let index { search.seeds = Set(searches[index].seeds + search.seeds).sorted() }
      if let index { searches[index] = search } else { searches.append(search) }
    }
    return SweepPlan(
      name: old.name, runs: old.runs + runs.filter { !old.runs.contains($0) },
      tuning: searches.isEmpty ? nil : searches)
  }
}
