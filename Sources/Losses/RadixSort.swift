/// Sorts by the upper 32 bits, ascending and stable, in three passes of 11 bits each (least
/// significant digit first), so in linear time.
///
/// - Parameters:
///   - items, scratch: `count` elements each; both are overwritten.
/// - Returns: the one of the two that holds the outcome.
func radixSort(
  _ items: UnsafeMutablePointer<UInt64>, _ scratch: UnsafeMutablePointer<UInt64>, count: Int
) -> UnsafeMutablePointer<UInt64> {
  let digits = 1 << 11
  return withUnsafeTemporaryAllocation(of: Int32.self, capacity: 3 * digits) { table in
    let counts = table.baseAddress!
    counts.update(repeating: 0, count: 3 * digits)
    for i in 0..<count {
      let key = UInt32(truncatingIfNeeded: items[i] >> 32)
      counts[Int(key & 2047)] &+= 1
      counts[digits + Int(key >> 11 & 2047)] &+= 1
      counts[2 * digits + Int(key >> 22)] &+= 1
    }
    var (from, to) = (items, scratch)
    for pass in 0..<3 {
      let next = counts + pass * digits
      var start: Int32 = 0
      for digit in 0..<digits { (next[digit], start) = (start, start &+ next[digit]) }
      let shift = UInt64(32 + 11 * pass)
      for i in 0..<count {
        let item = from[i]
        let digit = Int(truncatingIfNeeded: item &>> shift & 2047)
        to[Int(next[digit])] = item
        next[digit] &+= 1
      }
      (from, to) = (to, from)
    }
    return from
  }
}
