import Files
import Foundation
import Synchronization

/// SIGINT (Ctrl-C), SIGTERM and SIGHUP (the terminal was closed) as a flag that runs check between iterations;
/// so is SIGUSR1, which `mpirun` and `srun` pass on to ranks instead of killing them, and SIGUSR2, which takes
/// the place of a second Ctrl-C there.
package enum Interruption {
  private static let requests = Atomic<Int>(0)

  package static var isRequested: Bool { requests.load(ordering: .relaxed) > 0 }

  /// The exit status of a program stopped by SIGINT.
  package static let exitStatus: Int32 = 130

  private static let canSave = Atomic<Bool>(false)
  private static let isSilent = Atomic<Bool>(false)
  private static let advice: StaticString = "interrupted; rerun the same command to resume\n"

  /// Makes these signals print how to resume and exit, since there is nothing to save yet.
  /// SIGHUP stays ignored where it is, as `nohup` wants it.
  /// - Parameter silently: whether another rank says how to resume.
  package static func install(silently: Bool = false) {
    isSilent.store(silently, ordering: .relaxed)
    _ = (isRequested, canSave.load(ordering: .relaxed), advice)  // initialize before a handler runs
    Signals.handle([SIGTERM, SIGUSR1]) { _ in Interruption.handle(hurries: false) }
    Signals.handle([SIGINT, SIGUSR2]) { _ in Interruption.handle(hurries: true) }
    Signals.handleHangUp { _ in Interruption.handleHangUp() }
  }

  /// Makes the first signal only set the flag from now on, so that runs can save a checkpoint;
  /// a second Ctrl-C exits immediately. A second SIGTERM does not: Slurm sends one to every process of a
  /// job, and so does the script of the job.
  package static func saveFirst() { canSave.store(true, ordering: .relaxed) }

  /// Calls only async-signal-safe functions.
  private static func handle(hurries: Bool) {
    let isFirst = requests.add(1, ordering: .relaxed).oldValue == 0
    if isFirst || !hurries, canSave.load(ordering: .relaxed) { return }
    if !isSilent.load(ordering: .relaxed) { explain() }
    _exit(exitStatus)
  }

  /// A closed terminal sends more than one of these, so that a second one is no reason to hurry.
  private static func handleHangUp() {
    if canSave.load(ordering: .relaxed) {
      requests.add(1, ordering: .relaxed)
    } else {
      _exit(exitStatus)
    }
  }

  /// Prints how to resume, after checkpoints have been saved. Async-signal-safe.
  package static func explain() {
    _ = write(STDERR_FILENO, advice.utf8Start, advice.utf8CodeUnitCount)
  }
}

/// Thrown by a run that was asked to stop and has saved a checkpoint.
package struct Interrupted: Error {
  package init() {}
}
