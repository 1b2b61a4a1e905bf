import Foundation
import Synchronization

extension Program {
  /// How a program ended that ran in place of this one.
  package struct RelayedEnding: Sendable {
    /// As of `Outcome`.
    package let status: Int32
    /// How often it was asked to stop.
    package let requests: Int
  }

  /// Runs it in place of this process, with its output, and waits for its end. What asks this process to
  /// stop asks the program to, by SIGUSR1, which `mpirun` passes on to its processes: at SIGINT or SIGTERM
  /// it kills them a second later, whether or not they are done. A second Ctrl-C is passed on as SIGUSR2, and a
  /// third one as SIGTERM.
  ///
  /// It has a group of its own, so that Ctrl-C reaches this process alone, and an empty standard input.
  /// Afterwards, these signals have no effect. To be called once.
  /// - Throws: `UserError` if it cannot be started.
  package func runRelaying() throws(UserError) -> RelayedEnding {
    Relay.install()
    let child = try spawn(output: STDOUT_FILENO, errors: STDERR_FILENO, isApart: true)
    Relay.begin(to: child)
    let ended = Started.status(of: child)
    return RelayedEnding(status: ended, requests: Relay.end())
  }
}

/// The requests to stop, for handlers of signals.
private enum Relay {
  private static let child = Atomic<pid_t>(0)
  private static let requests = Atomic<Int>(0)

  static func install() {
    // Initialized before a handler runs.
    _ = (child.load(ordering: .relaxed), requests.load(ordering: .relaxed))
    Signals.handle([SIGINT]) { _ in Relay.pass() }
    // They may be sent more than once, as by a closed terminal, without meaning more.
    Signals.handle([SIGTERM, SIGUSR1]) { _ in Relay.passFirst() }
    Signals.handleHangUp { _ in Relay.passFirst() }
  }

  /// From now on; what was asked before is passed on now.
  static func begin(to process: pid_t) {
    child.store(process, ordering: .sequentiallyConsistent)
    if requests.load(ordering: .sequentiallyConsistent) > 0 { kill(process, SIGUSR1) }
  }

  static func end() -> Int {
    child.store(0, ordering: .sequentiallyConsistent)
    return requests.load(ordering: .relaxed)
  }

  // Only async-signal-safe functions are called here.

  private static func passFirst() {
    if requests.load(ordering: .relaxed) == 0 { pass() }
  }

  private static func pass() {
    let number = requests.add(1, ordering: .sequentiallyConsistent).newValue
    let process = child.load(ordering: .sequentiallyConsistent)
    if process > 0 { kill(process, number == 1 ? SIGUSR1 : number == 2 ? SIGUSR2 : SIGTERM) }
  }
}
