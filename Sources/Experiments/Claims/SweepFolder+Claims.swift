import Files
import Foundation

/// How the sweeps that work in one folder keep out of each other's way: one at a time prepares its
/// work, each says that it is there for as long as it lasts, and each run has one owner at a time.
extension SweepFolder {
  package var claims: ClaimFolder { ClaimFolder(in: url) }

  // No run is called so: names of data sets have no such character.
  private static let setup = "@setup"
  private static let presence = "@sweep-"

  /// The sweeps that are at work here.
  package var sweeps: [ClaimFolder.Standing] {
    claims.standings(prefix: Self.presence).values.filter { !$0.isOver }.sorted {
      $0.name < $1.name
    }
  }

  /// Waits until no other sweep is preparing its work here.
  /// - Returns: nil if it was interrupted.
  func claimSetup(isInterrupted: () -> Bool) throws(UserError) -> Claim? {
    try claims.claim(
      waitingFor: Self.setup,
      waiting: { Terminal.writeLine("waiting until \($0.ownerText) has begun its sweep here") },
      isInterrupted: isInterrupted)
  }

  /// Says that this process works here, until the claim goes.
  func claimPresence() throws(UserError) -> Claim {
    let token = String(UInt64.random(in: .min ... .max), radix: 16)
    guard case .made(let claim) = try claims.claim(Self.presence + token) else {
      throw UserError(path: url.path, problem: "cannot be shared with other sweeps; try again")
    }
    return claim
  }

  /// Claims the whole folder.
  /// - Throws: `UserError` if a sweep is at work here.
  package func claimAll() throws(UserError) -> Claim {
    switch try claims.claim(Self.setup) {
    case .taken(let owner): throw isBusy(owner)
    case .made(let claim):
      guard let owner = sweeps.first else { return claim }
      claim.release()
      throw isBusy(owner)
    }
  }

  private func isBusy(_ owner: ClaimFolder.Standing) -> UserError {
    UserError(
      path: url.path,
      problem: "a sweep is running here (\(owner.ownerText)); wait for it or name another folder")
  }

  /// Removes what sweeps that have ended left: their claims, except on runs that are still to be
  /// trained, and what they left half-written. Only the owner of the setup calls this.
  func removeRemains(pending: Set<String>) {
    removeEndedClaims(besides: pending)
    if sweeps.isEmpty { removeLeftovers() } else { removeOrphans() }
  }

  private func removeEndedClaims(besides pending: Set<String>) {
    let claims = claims
    for (name, standing) in claims.standings() where standing.isOver && !pending.contains(name) {
      AtomicFile.remove(claims.file(name, standing.generation))
    }
    rmdir(claims.url.path)  // fails if anything is left
  }

  /// Ends this process's work here.
  func leave(_ presence: Claim) {
    presence.release()
    if sweeps.isEmpty { removeEndedClaims(besides: []) }
  }
}
