/// Sorts by the upper 32 bits, ascending and stable, in linear time: least significant digit first.
///
/// - Parameters:
///   - items, scratch: `count` elements each; both are overwritten.
///   - bits: how many of those 32, from the lowest, may differ.
/// - Returns: the buffer that contains the result.
func sort(
  _ items: UnsafeMutablePointer<UInt64>, _ scratch: UnsafeMutablePointer<UInt64>, count: Int,
  bits: Int
) -> UnsafeMutablePointer<UInt64> {
  if bits == 0 { return items }
  if count <= 32 {
    insertionSort(items, count: count)
    return items
  }
  // Digits of equal width, few enough that counting them takes no longer than moving the items.
  let passes = (bits + 8) / 9
  let width = (bits + passes - 1) / passes
  var (from, to) = (items, scratch)
  withUnsafeTemporaryAllocation(of: Int32.self, capacity: 1 << width) { table in
    let next = table.baseAddress!
    for pass in 0..<passes {
      next.update(repeating: 0, count: 1 << width)
      let (shift, mask) = (UInt64(32 + pass * width), UInt64(1) << UInt64(width) - 1)
      for i in 0..<count { next[Int(from[i] &>> shift & mask)] &+= 1 }
      var start: Int32 = 0
      for digit in 0..<1 << width { (next[digit], start) = (start, start &+ next[digit]) }
      for i in 0..<count {
        let digit = Int(from[i] &>> shift & mask)
        to[Int(next[digit])] = from[i]
        next[digit] &+= 1
      }
      (from, to) = (to, from)
    }
  }
  return from
}

/// A stable sort by the upper 32 bits.
private func insertionSort(_ items: UnsafeMutablePointer<UInt64>, count: Int) {
  for i in 1..<max(1, count) {
    let item = items[i]
    var j = i
    while j > 0 && items[j - 1] >> 32 > item >> 32 {
      items[j] = items[j - 1]
      j -= 1
    }
    items[j] = item
  }
}
