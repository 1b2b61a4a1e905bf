import Files
import Foundation
import FuzzTargets

/// What a worker's exit status tells besides the end of its time.
enum WorkerEnd: Int32 {
  case time = 0
  case memory = 3
  case otherError = 4
}

/// Reads inputs in a process of its own, so that a trap ends nothing else.
struct Worker {
  let target: FuzzTarget
  let fixtures: URL

  /// Address space, which only an allocation far beyond any input's need exceeds.
  private static let mostAddresses = 6 << 30
  /// Beside what the target allows for each byte.
  private static let freeMemory = 256 << 20

  static func limitMemory() {
    var limit = rlimit(rlim_cur: rlim_t(mostAddresses), rlim_max: rlim_t(mostAddresses))
    setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
    var none = rlimit(rlim_cur: 0, rlim_max: 0)
    setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
  }

  /// Reads drawn inputs until the time is over or something is found.
  func run(_ state: SharedState, seed: UInt64, start: Int, seconds: Double) throws -> WorkerEnd {
    let place = try FuzzPlace()
    defer { place.remove() }
    var sequence = try FuzzSequence(
      target, fixtures: fixtures, place: place, seed: seed, start: start)
    let begin = SharedState.now
    let end = begin + Int(seconds * 1e9)
    let memory = Self.residentMemory
    while SharedState.now < end {
      let input = sequence.next()
      state.input = input
      state[.started] = SharedState.now
      let outcome = target.outcome(input, place)
      state[.started] = 0
      state[.executions] += 1
      state[.elapsed] = SharedState.now - begin
      if sequence.learn(input, outcome) { state[.distinct] += 1 }
      if state[.executions] % 256 == 0 { ftruncate(STDERR_FILENO, 0) }
      if let end = judged(outcome, input, since: memory, state) { return end }
    }
    return .time
  }

  /// Reads one input.
  func read(_ input: Data, _ state: SharedState) throws -> WorkerEnd {
    let place = try FuzzPlace()
    defer { place.remove() }
    // What a target prepares is not the input's.
    _ = try FuzzSequence(target, fixtures: fixtures, place: place, seed: 0, start: 0)
    let memory = Self.residentMemory
    state.input = input
    state[.started] = SharedState.now
    let outcome = target.outcome(input, place)
    state[.started] = 0
    return judged(outcome, input, since: memory, state) ?? .time
  }

  private func judged(
    _ outcome: FuzzTarget.Outcome, _ input: Data, since memory: Int, _ state: SharedState
  ) -> WorkerEnd? {
    let peak = Self.residentMemory
    state[.peak] = max(state[.peak], peak)
    if case .other(let error) = outcome {
      FileHandle.standardError.write(Data("other error: \(error)\n".utf8))
      return .otherError
    }
    guard peak - memory > Self.freeMemory + target.memoryFactor * input.count else { return nil }
    FileHandle.standardError.write(Data("memory: \((peak - memory) >> 20) MB\n".utf8))
    return .memory
  }

  /// The largest so far, in bytes.
  private static var residentMemory: Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss << 10
  }
}
