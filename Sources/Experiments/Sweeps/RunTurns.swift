import Files
import Foundation
import Synchronization

/// Deals the runs of a sweep to threads, of this process and of others that work on the same folder:
/// each run to one of them at a time.
final class RunTurns: Sendable {
  enum Turn {
    case train(RunFolder)
    /// Finished by another process.
    case elsewhere(RunFolder)
    /// Not tried again: it has failed too often, here or elsewhere.
    case hopeless(RunFolder, reason: String)
    /// Others are training what is left.
    case waiting([ClaimFolder.Standing])
    /// Others are training what is left, and this process does not wait for them.
    case left([ClaimFolder.Standing])
    case end
  }

  private let claims: ClaimFolder?
  private let waitsForOthers: Bool
  private let isDone: @Sendable (RunFolder) -> Bool
  /// The runs that have neither ended nor are trained by this process, in their order.
  private let open: Mutex<[RunFolder]>

  /// - Parameter claims: nil where no other process can be at work.
  init(
    _ pending: [RunFolder], _ claims: ClaimFolder?, waitsForOthers: Bool,
    isDone: @escaping @Sendable (RunFolder) -> Bool
  ) {
    (self.claims, self.waitsForOthers, self.isDone) = (claims, waitsForOthers, isDone)
    open = Mutex(pending)
  }

  /// Whether every run has ended, is trained by this process, or is left to others.
  var isOver: Bool { open.withLock(\.isEmpty) }

  /// What a thread with nothing to do does next.
  func next() -> Turn { open.withLock { next(&$0) } }

  private func next(_ open: inout [RunFolder]) -> Turn {
    guard let claims else { return open.isEmpty ? .end : .train(open.removeFirst()) }
    let standings = open.isEmpty ? [:] : claims.standings()
    var taken: [ClaimFolder.Standing] = []
    for (index, folder) in open.enumerated() {
      if let standing = standings[folder.name], !standing.isOver {
        taken.append(standing)
        continue
      }
      do throws(UserError) {
        switch try claims.claim(folder.name) {
        case .taken(let standing): taken.append(standing)
        case .made(let claim):
          open.remove(at: index)
          return turn(folder, claim, claims)
        }
      } catch {
        open.remove(at: index)
        return .hopeless(folder, reason: "\(error)")
      }
    }
    if taken.isEmpty { return .end }
    if waitsForOthers { return .waiting(taken) }
    open = []
    return .left(taken)
  }

  /// What to do with a run that is this process's now.
  private func turn(_ folder: RunFolder, _ claim: Claim, _ claims: ClaimFolder) -> Turn {
    var folder = folder
    if isDone(folder) {
      claim.release()
      return .elsewhere(folder)
    }
    var failures = RunFailures.read(of: folder.name, in: claims)
    if let dead = claim.predecessor {
      failures.add(deathOf: dead.ownerText, checkpoint: folder.checkpointTime)
      failures.save(of: folder.name, in: claims)
    }
    if let reason = failures.lastWord {
      try? folder.save(failure: reason)
      claim.release()
      return .hopeless(folder, reason: reason)
    }
    folder.claim = claim
    return .train(folder)
  }

  /// Ends the turn of a run that was tried, and counts it.
  func end(
    _ folder: RunFolder, _ result: Result<Void, any Error>, _ outcome: inout RunQueue.Outcome
  ) {
    switch result {
    case .success:
      outcome.finished += 1
      note(folder) { $0 = RunFailures() }
    case .failure(let error) where error is ClaimLost:
      var folder = folder
      folder.claim = nil
      return open.withLock { $0.append(folder) }
    case .failure(let error) where error is Interrupted: outcome.isInterrupted = true
    case .failure(let error):
      outcome.add(folder, oneLine(error))
      note(folder) { $0.add(error: oneLine(error)) }
    }
    folder.claim?.release()
  }

  private func note(_ folder: RunFolder, _ change: (inout RunFailures) -> Void) {
    guard let claims else { return }
    var failures = RunFailures.read(of: folder.name, in: claims)
    change(&failures)
    failures.save(of: folder.name, in: claims)
  }
}

extension RunFolder {
  package var name: String { url.lastPathComponent }

  /// When the checkpoint was written, in seconds since 1970; 0 if there is none.
  fileprivate var checkpointTime: Double { ClaimFolder.changed(file(Name.checkpoint).path) ?? 0 }
}
