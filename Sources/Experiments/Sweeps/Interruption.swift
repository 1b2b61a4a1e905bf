import Foundation
import Synchronization

/// Ctrl-C and its like, as a flag that cells look at between iterations.
package enum Interruption {
  private static let requests = Atomic<Int>(0)

  package static var isRequested: Bool { requests.load(ordering: .relaxed) > 0 }

  /// The exit status of a program that SIGINT stopped.
  package static let exitStatus: Int32 = 130

  /// From here on SIGINT and SIGTERM raise the flag, a second one ends the process at once.
  /// Signals of a full file or a closed pipe are ignored: the write then fails with an error.
  package static func install() {
    _ = isRequested  // set up before a handler can run
    for number in [SIGINT, SIGTERM] {
      signal(number) { _ in
        if Interruption.requests.add(1, ordering: .relaxed).oldValue > 0 {
          _exit(Interruption.exitStatus)
        }
      }
    }
    signal(SIGXFSZ, SIG_IGN)
    signal(SIGPIPE, SIG_IGN)
  }
}
