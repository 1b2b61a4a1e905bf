/// The k largest of an array of keys, ties to the lowest index, found in linear time by counting
/// digits from the most significant down.
struct TopSelection {
  /// The smallest key selected.
  private let threshold: UInt32
  /// Keys equal to the threshold are selected up to this index.
  private let lastTie: Int

  /// Traps unless 1 <= k <= keys.count.
  init(_ keys: [UInt32], _ k: Int) {
    precondition(k >= 1 && k <= keys.count, "the \(k) largest of \(keys.count)")
    var (prefix, mask) = (UInt32(0), UInt32(0))
    var wanted = k
    for (shift, bits) in [(21, 11), (10, 11), (0, 10)] as [(UInt32, UInt32)] {
      let digits = UInt32(1) << bits - 1
      var counts = [Int](repeating: 0, count: Int(digits) + 1)
      for key in keys where key & mask == prefix { counts[Int(key >> shift & digits)] += 1 }
      var digit = Int(digits)
      while counts[digit] < wanted {
        wanted -= counts[digit]
        digit -= 1
      }
      prefix |= UInt32(digit) << shift
      mask |= digits << shift
    }
    threshold = prefix
    // `wanted` of the keys equal to the threshold are still to be taken, the first ones.
    var last = -1
    while wanted > 0 {
      last += 1
      if keys[last] == prefix { wanted -= 1 }
    }
    lastTie = last
  }

  @inline(__always)
  func contains(_ index: Int, key: UInt32) -> Bool {
    key > threshold || (key == threshold && index <= lastTie)
  }
}
