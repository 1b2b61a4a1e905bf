import Foundation

/// Repeated times of one piece of work, seconds.
struct Samples {
  private(set) var seconds: [Double] = []

  mutating func add(_ value: Double) { seconds.append(value) }

  var count: Int { seconds.count }
  var minimum: Double { seconds.min() ?? .nan }
  var maximum: Double { seconds.max() ?? .nan }
  /// NaN if there is no sample.
  var median: Double {
    guard !seconds.isEmpty else { return .nan }
    let sorted = seconds.sorted()
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }
}

/// Wall-clock seconds that `body` takes.
func seconds(_ body: () throws -> Void) rethrows -> Double {
  let start = ContinuousClock.now
  try body()
  let elapsed = (ContinuousClock.now - start).components
  return Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18
}

/// Work to be timed, and what is done before it each time without being timed.
struct Work {
  var prepare: () -> Void = {}
  var run: () throws -> Void

  init(after prepare: @escaping () -> Void = {}, _ run: @escaping () throws -> Void) {
    (self.prepare, self.run) = (prepare, run)
  }
}

/// Times several pieces of work in turn: anything that slows the machine down for a while slows
/// all of them, and each finds the caches as the others left them.
/// - Parameters:
///   - order: of a round, as indices of `work`, some more than once if need be; nil: as given.
///   - rounds: the counted ones; one more precedes them.
func alternate(_ work: [Work], order: [Int]? = nil, rounds: Int) throws -> [Samples] {
  var samples = [Samples](repeating: Samples(), count: work.count)
  for round in 0...rounds {
    for i in order ?? Array(work.indices) {
      work[i].prepare()
      let time = try seconds(work[i].run)
      if round > 0 { samples[i].add(time) }
    }
  }
  return samples
}

/// The largest resident set of this process so far, bytes (Linux); 0 if it is not known.
func peakResidentBytes() -> Int {
  guard let status = FileManager.default.contents(atPath: "/proc/self/status") else { return 0 }
  for line in String(decoding: status, as: UTF8.self).split(separator: "\n")
  where line.hasPrefix("VmHWM:") {
    return (line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) << 10
  }
  return 0
}

/// Pages that the system has given this process so far without reading a file: buffers that are
/// allocated and freed again show here.
func minorPageFaults() -> Int {
  var usage = rusage()
  guard getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return 0 }
  return usage.ru_minflt
}
