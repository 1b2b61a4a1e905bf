import Foundation

#if MPI
  import CMPI
#endif

/// The processes that `mpirun` or `srun` started together, as ranks.
///
/// Everything here is for one thread, which must be the one that trains.
package enum MPIRanks {
  /// Whether this program was built with the trait `MPI`.
  package static var isBuilt: Bool {
    #if MPI
      true
    #else
      false
    #endif
  }

  /// How many processes a launcher started this one with, by what it left in the environment; 1 for a
  /// plain start. Slurm sets some of these variables in batch scripts too, but not this number of its
  /// steps.
  package static func launched(_ environment: [String: String]) -> Int {
    let names = ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS"]
    return names.compactMap { environment[$0].flatMap { Int($0) } }.first ?? 1
  }

  /// Connects with the other processes; to be called once, by all of them.
  /// - Returns: nil for a plain start, for which nothing is done, and without the trait.
  package static func start(
    _ environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> (any Communicator)? {
    #if MPI
      launched(environment) > 1 ? MPICommunicator() : nil
    #else
      nil
    #endif
  }

  /// Ends the connection; to be called by all processes before they exit. A process that exits without
  /// it ends the others.
  package static func finish(_ ranks: (any Communicator)?) {
    #if MPI
      (ranks as? MPICommunicator)?.finish()
    #endif
  }
}

#if MPI
  private final class MPICommunicator: Communicator, @unchecked Sendable {
    private(set) var rank = 0
    private(set) var count = 1
    private var communicators = cmpi_communicators()
    private let thread = pthread_self()

    init() {
      var (rank, count, hasThreads) = (Int32(0), Int32(1), Int32(0))
      check(cmpi_start(&communicators, &rank, &count, &hasThreads))
      (self.rank, self.count) = (Int(rank), Int(count))
      if hasThreads == 0 { abort("this MPI library allows no threads; use one that does") }
    }

    func finish() { check(cmpi_finish()) }

    func gather(_ part: UnsafeRawBufferPointer, into all: UnsafeMutableRawBufferPointer) {
      precondition(all.count == count * part.count)
      check(cmpi_gather(&communicators, part.baseAddress, size(part.count), all.baseAddress))
    }

    func broadcast(_ bytes: UnsafeMutableRawBufferPointer, from root: Int) {
      check(
        cmpi_broadcast(&communicators, bytes.baseAddress, size(bytes.count), Int32(root)))
    }

    func startGather(
      _ part: UnsafeRawBufferPointer, into all: UnsafeMutableRawBufferPointer
    ) -> any Exchange {
      precondition(all.count == count * part.count)
      let exchange = MPIExchange(self)
      check(
        cmpi_start_gather(
          &communicators, part.baseAddress, size(part.count), all.baseAddress, &exchange.state))
      return exchange
    }

    func startTranspose(
      _ parts: UnsafeRawBufferPointer, into received: UnsafeMutableRawBufferPointer
    ) -> any Exchange {
      precondition(parts.count == received.count && parts.count % count == 0)
      let exchange = MPIExchange(self)
      check(
        cmpi_start_transpose(
          &communicators, parts.baseAddress, size(parts.count / count), received.baseAddress,
          &exchange.state))
      return exchange
    }

    func abort(_ line: String) -> Never {
      FileHandle.standardError.write(Data("error: rank \(rank): \(line)\n".utf8))
      cmpi_abort(1)
      exit(1)
    }

    /// MPI counts in 32 bits.
    private func size(_ bytes: Int) -> Int32 {
      guard let size = Int32(exactly: bytes) else {
        abort("an exchange of \(bytes) bytes is larger than MPI allows; use a smaller batch")
      }
      return size
    }

    func check(_ code: Int32) {
      precondition(pthread_equal(pthread_self(), thread) != 0, "MPI is used by one thread only")
      guard code != 0 else { return }
      var message = [CChar](repeating: 0, count: Int(CMPI_MESSAGE) + 1)
      cmpi_describe(code, &message)
      let bytes = message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
      abort("MPI failed: \(String(decoding: bytes, as: UTF8.self))")
    }
  }

  private final class MPIExchange: Exchange {
    private let ranks: MPICommunicator
    var state = cmpi_exchange()
    private var isComplete = false

    init(_ ranks: MPICommunicator) { self.ranks = ranks }

    func isDone() -> Bool {
      if isComplete { return true }
      var done: Int32 = 0
      ranks.check(cmpi_test(&state, &done))
      isComplete = done != 0
      return isComplete
    }

    func wait() {
      if !isComplete { ranks.check(cmpi_wait(&state)) }
      isComplete = true
    }
  }
#endif
