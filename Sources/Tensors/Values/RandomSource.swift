/// A small seeded generator (SplitMix64, Steele et al. 2014). There is no global randomness: any
/// code that draws numbers is given one of these, derived from the run's seed and a purpose.
public struct RandomSource: RandomNumberGenerator, Sendable {
  private var state: UInt64

  public init(seed: UInt64) { state = Self.mixed(seed &+ 0x9E37_79B9_7F4A_7C15) }

  /// An independent stream for a purpose, and for a counter such as the iteration: what iteration
  /// 700 draws does not depend on having run the 699 before, so an interrupted run can resume.
  public init(seed: UInt64, purpose: String, counter: UInt64 = 0) {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in purpose.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    state = Self.mixed(Self.mixed(seed ^ hash) &+ Self.mixed(counter &+ 0x9E37_79B9_7F4A_7C15))
  }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Self.mixed(state)
  }

  /// Skips this many numbers, as if `next` had been called.
  public mutating func skip(_ count: Int) {
    state &+= UInt64(truncatingIfNeeded: count) &* 0x9E37_79B9_7F4A_7C15
  }

  /// What the next eight calls of `next` give.
  @inline(__always)
  package mutating func nextEight() -> SIMD8<UInt64> {
    var z = SIMD8<UInt64>(repeating: state) &+ Self.eightSteps
    state &+= 8 &* 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z &>> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z &>> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z &>> 31)
  }

  private static let eightSteps =
    SIMD8<UInt64>(1, 2, 3, 4, 5, 6, 7, 8) &* 0x9E37_79B9_7F4A_7C15

  private static func mixed(_ x: UInt64) -> UInt64 {
    var z = x
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Uniform in [0, 1), 53 bits.
  public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// Uniform in the range.
  public mutating func uniform(_ range: ClosedRange<Double>) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
  }

  /// Uniform integer in [0, bound).
  public mutating func below(_ bound: Int) -> Int { Int(next(upperBound: UInt64(bound))) }
}
