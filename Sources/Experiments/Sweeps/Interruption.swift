import Foundation
import Synchronization

/// SIGINT (Ctrl-C) and SIGTERM as a flag that runs check between iterations.
package enum Interruption {
  private static let requests = Atomic<Int>(0)

  package static var isRequested: Bool { requests.load(ordering: .relaxed) > 0 }

  /// The exit status of a program stopped by SIGINT.
  package static let exitStatus: Int32 = 130

  private static let canSave = Atomic<Bool>(false)
  private static let advice: StaticString = "interrupted; rerun the same command to resume\n"

  /// Makes SIGINT and SIGTERM print how to resume and exit, since there is nothing to save yet.
  /// SIGXFSZ and SIGPIPE are ignored so that the write fails with an error instead.
  package static func install() {
    _ = (isRequested, canSave.load(ordering: .relaxed), advice)  // initialize before a handler runs
    // A parent may have blocked them, as programs that start this one from a dispatch queue do; the
    // signal mask is inherited.
    var mask = sigset_t()
    sigemptyset(&mask)
    for number in [SIGINT, SIGTERM] {
      signal(number) { _ in Interruption.handle() }
      sigaddset(&mask, number)
    }
    pthread_sigmask(SIG_UNBLOCK, &mask, nil)
    signal(SIGXFSZ, SIG_IGN)
    signal(SIGPIPE, SIG_IGN)
  }

  /// Makes the first signal only set the flag from now on, so that runs can save a checkpoint;
  /// a second signal exits immediately.
  package static func saveFirst() { canSave.store(true, ordering: .relaxed) }

  /// Calls only async-signal-safe functions.
  private static func handle() {
    let isFirst = requests.add(1, ordering: .relaxed).oldValue == 0
    if isFirst, canSave.load(ordering: .relaxed) { return }
    _ = write(STDERR_FILENO, advice.utf8Start, advice.utf8CodeUnitCount)
    _exit(exitStatus)
  }

  /// Prints how to resume, after checkpoints have been saved.
  package static func explain() {
    _ = write(STDERR_FILENO, advice.utf8Start, advice.utf8CodeUnitCount)
  }
}

/// Thrown by a run that was asked to stop and has saved a checkpoint.
package struct Interrupted: Error {
  package init() {}
}
