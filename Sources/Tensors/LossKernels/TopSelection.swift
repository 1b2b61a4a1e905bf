/// The k largest of an array of keys, ties to the lowest index, found in linear time by counting
/// digits from the most significant down.
struct TopSelection {
  /// The smallest key selected.
  private let threshold: UInt32
  /// Keys equal to the threshold are selected up to this index.
  private let lastTie: Int

  /// Traps unless 1 <= k <= keys.count.
  /// - Parameter compute: threads to use; without it the calling thread does the work.
  init(_ keys: UnsafeBufferPointer<UInt32>, _ k: Int, _ compute: Compute? = nil) {
    precondition(k >= 1 && k <= keys.count, "the \(k) largest of \(keys.count)")
    let block = 1 << 16
    var (prefix, mask) = (UInt32(0), UInt32(0))
    var wanted = k
    // For each block, the number of keys that match the prefix found so far.
    var ties: [Int] = []
    for (shift, bits) in [(21, 11), (10, 11), (0, 10)] as [(UInt32, UInt32)] {
      let digits = 1 << Int(bits)
      let counts = digitCounts(
        keys, block, compute, prefix: prefix, mask: mask, shift: shift, digits: digits)
      func total(_ digit: Int) -> Int {
        stride(from: digit, to: counts.count, by: digits).reduce(0) { $0 + Int(counts[$1]) }
      }
      var digit = digits - 1
      while true {
        let total = total(digit)
        if total >= wanted { break }
        wanted -= total
        digit -= 1
      }
      prefix |= UInt32(digit) << shift
      mask |= UInt32(digits - 1) << shift
      ties = stride(from: digit, to: counts.count, by: digits).map { Int(counts[$0]) }
    }
    threshold = prefix
    // The first `wanted` keys equal to the threshold are still to be selected.
    var b = 0
    while ties[b] < wanted {
      wanted -= ties[b]
      b += 1
    }
    var last = b * block - 1
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

/// The number of keys with each digit in each block, among those that begin with `prefix`: [blocks,
/// digits].
private func digitCounts(
  _ keys: UnsafeBufferPointer<UInt32>, _ block: Int, _ compute: Compute?, prefix: UInt32,
  mask: UInt32, shift: UInt32, digits: Int
) -> [Int32] {
  let blocks = (keys.count + block - 1) / block
  var counts = [Int32](repeating: 0, count: blocks * digits)
  counts.withUnsafeMutableBufferPointer { counts in
    let first = counts.baseAddress!
    func countBlock(_ b: Int) {
      let own = first + b * digits
      for i in b * block..<min(keys.count, (b + 1) * block) where keys[i] & mask == prefix {
        own[Int(keys[i] &>> shift & UInt32(digits - 1))] &+= 1
      }
    }
    if let compute {
      compute.parallelFor(blocks, countBlock)
    } else {
      (0..<blocks).forEach(countBlock)
    }
  }
  return counts
}
