#if SANITIZE_THREAD
  import Foundation
  import Synchronization

  /// The lock of `Mutex` where two threads want it at once, as the thread sanitizer can see it. Swift's own
  /// waits in a library that is not instrumented; without this, whatever a mutex protects is reported
  /// as a race. It takes the place of the library's function when the tests are linked; see `make sanitize`.
  struct SeenMutexHandle: ~Copyable {
    let storage = Atomic<UInt32>(0)

    @_silgen_name("$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF")
    func lockSlow(_ thread: UInt32) {
      while !storage.compareExchange(
        expected: 0, desired: thread, ordering: .acquiringAndReleasing
      ).exchanged { sched_yield() }
    }
  }
#endif
