import Files
import Foundation

/// What a check of all stored files of a sweep found.
package struct Verification: Sendable {
  /// Finished runs that can be read, and those of them that have no digests.
  package var runs = 0
  package var unsealed = 0
  package var problems: [UserError] = []

  package var summary: String {
    let old =
      unsealed == 0
      ? "" : " (\(unsealed) by earlier versions, which stored no digests)"
    let found = problems.isEmpty ? "no problems" : counted(problems.count, "problem")
    return "\(counted(runs, "finished run")) can be read\(old); \(found)"
  }

  fileprivate mutating func check(_ body: () throws -> Void) {
    do { try body() } catch {
      let error = error as? UserError ?? UserError(oneLine(error))
      // What runs share was found with them.
      let isKnown = problems.contains {
        $0.path == error.path && $0.problem.hasPrefix(error.problem)
      }
      if !isKnown { problems.append(error) }
    }
  }
}

extension SweepFolder {
  /// Reads every stored file and compares it with its digest.
  /// - Throws: `UserError` if the folder cannot be listed or all of a pack is damaged.
  package func verify() throws -> Verification {
    let stored = try loadStored()
    var found = Verification(
      runs: stored.records.count, unsealed: stored.records.count { !$0.isSealed },
      problems: stored.errors)
    for record in stored.records where RunFolder.hasWeights(record.folder) {
      found.check { _ = try RunFolder.loadWeights(record.folder) }
    }
    for run in try loadUnfinished() {
      found.check { try RunFolder(self, configuration: run.configuration).verifyCheckpoint() }
    }
    for digest in splits.digests { found.check { _ = try splits.load(digest) } }
    for digest in codes.digests { found.check { _ = try codes.load(digest) } }
    found.check { _ = try SweepPlan.load(url) }
    found.check { try checkSameImages(stored.records) }
    return found
  }
}
