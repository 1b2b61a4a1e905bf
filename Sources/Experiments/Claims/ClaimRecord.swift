import Files
import Foundation

/// What the file of a claim says: who works on something, and how far that is.
package struct ClaimRecord: Codable, Hashable, Sendable {
  package var owner: ProcessIdentity
  /// Tells this claim from every other one, also of the same process.
  package var token: String
  /// When the claim was made, in seconds since 1970 by the owner's clock.
  package var since: Double
  /// The digest of the owner's code.
  package var code: String
  /// The job of Slurm that the owner runs in; nil outside Slurm.
  package var job: SlurmJob?
  package var progress: ClaimedProgress?

  /// A claim that this process makes now.
  init(code: String) {
    owner = .current
    token = String(UInt64.random(in: .min ... .max), radix: 16)
    since = Date.now.timeIntervalSince1970
    self.code = code
    job = .current
  }

  /// Such as `process 4711 on node7`.
  package var ownerText: String {
    "process \(owner.process) on \(owner.host)" + (job.map { ", Slurm job \($0.id)" } ?? "")
  }

  /// Whether the owner has ended; nil if that cannot be seen from here.
  package func ownerHasEnded(besides job: SlurmJob? = .current) -> Bool? {
    // Slurm starts a job again only after it has ended.
    if let own = self.job, let job, own.id == job.id, own.restarts < job.restarts { return true }
    return owner.hasEnded
  }
}

/// How far a claimed run is.
package struct ClaimedProgress: Codable, Hashable, Sendable {
  /// Steps done out of all, or images while the run is evaluated.
  package var iteration: Int
  package var iterations: Int
  package var isEvaluating: Bool
  /// The seconds until the last step, as its owner estimated; nil before it knows.
  package var secondsLeft: Double?

  package init(iteration: Int, iterations: Int, isEvaluating: Bool, secondsLeft: Double? = nil) {
    (self.iteration, self.iterations) = (iteration, iterations)
    (self.isEvaluating, self.secondsLeft) = (isEvaluating, secondsLeft)
  }
}

/// A job of Slurm, as it tells the processes that it starts.
package struct SlurmJob: Codable, Hashable, Sendable {
  /// Such as `17`, or `17_4` for the fourth task of an array.
  package var id: String
  /// How often Slurm has started the job again.
  package var restarts: Int

  package init(id: String, restarts: Int) { (self.id, self.restarts) = (id, restarts) }

  package static let current = SlurmJob(ProcessInfo.processInfo.environment)

  package init?(_ environment: [String: String]) {
    guard let job = environment["SLURM_JOB_ID"] else { return nil }
    let task = environment["SLURM_ARRAY_TASK_ID"].map { "_\($0)" }
    id = task.map { (environment["SLURM_ARRAY_JOB_ID"] ?? job) + $0 } ?? job
    restarts = environment["SLURM_RESTART_COUNT"].flatMap { Int($0) } ?? 0
  }
}
