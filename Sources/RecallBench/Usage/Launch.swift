import Files
import Foundation
import Synchronization
import Tensors

/// The processes that `mpirun` or `srun` started together with this one, as ranks.
enum Launch {
  private struct State {
    var ranks: (any Communicator)?
    var haveParted = false
  }
  private static let state = Mutex(State())

  static var ranks: (any Communicator)? { state.withLock(\.ranks) }

  /// Whether another rank prints and stores.
  static var isFollower: Bool { (ranks?.rank ?? 0) > 0 }

  private static var environment: [String: String] { ProcessInfo.processInfo.environment }

  /// The ranks on this machine.
  static var localCount: Int {
    guard let ranks else { return 1 }
    let local = environment["OMPI_COMM_WORLD_LOCAL_SIZE"].flatMap { Int($0) }
    return max(1, local ?? ranks.count)
  }

  /// Connects with the others, if there are any.
  /// - Throws: `UserError` if this program cannot.
  static func connect(_ arguments: [String]) throws(UserError) {
    let count = MPIRanks.launched(environment)
    if count <= 1 { return }
    guard MPIRanks.isBuilt else { throw withoutMPI("\(count) processes were started together") }
    guard let command = arguments.first, ["sweep", "train"].contains(command) else {
      throw UserError(
        "\(count) processes were started together, but only sweep and train work on several ranks; start "
          + "this command alone")
    }
    let ranks = MPIRanks.start()
    state.withLock { $0.ranks = ranks }
    if isFollower { StandardStreams.dropResults() }
  }

  static func withoutMPI(_ problem: String) -> UserError {
    UserError(
      "\(problem), but this program was built without MPI; build it with: make build MPI=1")
  }

  /// Notes that the ranks have ended their common work in order: each may now end by itself.
  static func part() { state.withLock { $0.haveParted = true } }

  /// Ends the connection after everything went well.
  static func finish() {
    MPIRanks.finish(ranks)
    state.withLock { $0.ranks = nil }
  }

  /// Ends the process, and the others if they would wait for it for ever.
  static func end(_ ending: Ending) -> Never {
    guard let ranks, !state.withLock(\.haveParted), ending.status != Ending.helpStatus else {
      finish()
      ending.exit()
    }
    // Usually all ranks have the same problem, and then rank 0 tells it.
    if ranks.rank > 0 { sleep(3) }
    ranks.abort(String(ending.text.trimmingPrefix("error: ")))
  }
}
