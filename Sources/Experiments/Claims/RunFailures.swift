import Files
import Foundation

/// Why a run could not be trained, each time that somebody tried since a sweep was last started by
/// hand. What failed twice for one reason is not tried again by others that work on the sweep.
package struct RunFailures: Codable, Hashable, Sendable {
  struct Entry: Codable, Hashable, Sendable {
    /// One line.
    var reason: String
    /// What a failure of the same kind has, too.
    var kind: String
  }

  private var entries: [Entry] = []

  /// How often a process may be killed while it trains a run, with no newer checkpoint in between. A
  /// cluster kills for good reasons, too, so that more is allowed than of errors.
  private static let mostDeaths = 3
  private static let mostErrors = 2

  /// The reason that leaves no hope; nil if the run should be tried.
  var lastWord: String? {
    for (kind, own) in Dictionary(grouping: entries, by: \.kind) {
      let most = kind.hasPrefix(Self.death) ? Self.mostDeaths : Self.mostErrors
      if own.count >= most { return own.last?.reason }
    }
    return nil
  }

  private static let death = "killed "

  mutating func add(error: String) {
    let reason = withoutFolders(error)
    entries.append(Entry(reason: reason, kind: reason))
  }

  /// - Parameter checkpoint: the time of the run's checkpoint, or 0 if it has none.
  mutating func add(deathOf owner: String, checkpoint: Double) {
    entries.append(
      Entry(
        reason:
          "the processes that trained it were killed \(Self.mostDeaths) times before they could "
          + "save a newer checkpoint, the last one as \(owner); if memory ran out, give them more "
          + "or lower batch, else save more often with --checkpoint-every",
        kind: "\(Self.death)\(checkpoint)"))
  }

  /// In a file beside the claims.
  static func file(of run: String, in claims: ClaimFolder) -> URL {
    claims.url.appending(path: "\(run).failures")
  }

  static func read(of run: String, in claims: ClaimFolder) -> RunFailures {
    (try? readJSON(RunFailures.self, file(of: run, in: claims))) ?? RunFailures()
  }

  /// Only the owner of the run's claim calls this.
  func save(of run: String, in claims: ClaimFolder) {
    let file = Self.file(of: run, in: claims)
    // At worst, the run is tried once more.
    if entries.isEmpty {
      AtomicFile.remove(file)
    } else {
      try? AtomicFile.write(CanonicalJSON.encode(self), to: file)
    }
  }
}
