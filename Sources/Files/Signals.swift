import Foundation

/// Handlers of signals, which may call only async-signal-safe functions.
package enum Signals {
  package typealias Handler = @convention(c) (Int32) -> Void

  /// Has these signals call a handler from now on. A parent may have blocked them, as programs that start
  /// this one from a dispatch queue do; the signal mask is inherited.
  package static func handle(_ numbers: [Int32], _ handler: Handler) {
    var mask = sigset_t()
    sigemptyset(&mask)
    for number in numbers {
      signal(number, handler)
      sigaddset(&mask, number)
    }
    pthread_sigmask(SIG_UNBLOCK, &mask, nil)
  }

  /// Has SIGHUP call a handler, but stay ignored where it is, as `nohup` wants it.
  package static func handleHangUp(_ handler: Handler) {
    var action = sigaction()
    sigaction(SIGHUP, nil, &action)
    let isIgnored =
      unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
      == unsafeBitCast(SIG_IGN, to: Int.self)
    handle(isIgnored ? [] : [SIGHUP], handler)
  }
}
