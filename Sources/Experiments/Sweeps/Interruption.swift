import Foundation
import Synchronization

/// Ctrl-C and its like, as a flag that runs look at between iterations.
package enum Interruption {
  private static let requests = Atomic<Int>(0)

  package static var isRequested: Bool { requests.load(ordering: .relaxed) > 0 }

  /// The exit status of a program that SIGINT stopped.
  package static let exitStatus: Int32 = 130

  private static let canSave = Atomic<Bool>(false)
  private static let advice: StaticString = "interrupted; type the same command to go on\n"

  /// SIGINT and SIGTERM say how to go on and end the process, with nothing to lose yet.
  /// Signals of a full file or a closed pipe are ignored: the write then fails with an error.
  package static func install() {
    _ = (isRequested, canSave.load(ordering: .relaxed), advice)  // set up before a handler runs
    // A parent may have blocked them, as programs that start us from a dispatch queue do; the
    // mask is inherited.
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

  /// From here on a first signal only raises the flag, so that runs can save a checkpoint;
  /// a second one ends the process at once.
  package static func saveFirst() { canSave.store(true, ordering: .relaxed) }

  /// Only calls what is allowed in a signal handler.
  private static func handle() {
    let isFirst = requests.add(1, ordering: .relaxed).oldValue == 0
    if isFirst, canSave.load(ordering: .relaxed) { return }
    _ = write(STDERR_FILENO, advice.utf8Start, advice.utf8CodeUnitCount)
    _exit(exitStatus)
  }

  /// Says how to go on, after checkpoints were saved.
  package static func explain() {
    _ = write(STDERR_FILENO, advice.utf8Start, advice.utf8CodeUnitCount)
  }
}

/// Thrown by a run that was asked to stop and has saved a checkpoint.
package struct Interrupted: Error {
  package init() {}
}
