/// Rows of C channels that one block of a pass over a tensor covers: an amount that fits in half of
/// a second-level cache, so that a second pass over the block finds it there.
func rowBlock(_ channels: Int) -> Int { max(32, min(1024, 32768 / max(1, channels))) }

/// An operation on a vector of channels, or on the last few, of consecutive rows. It is a type rather
/// than a closure so that the compiler specializes the loops below without a call inside.
protocol RowKernel {
  /// - Parameters:
  ///   - offset: the offset of the first row's element; the next row's is `stride` later.
  ///   - channel: where the lanes begin.
  func callAsFunction(rows: Int, at offset: Int, stride: Int, channel: Int, lanes: Int)
}

/// Runs a kernel over rows of `c` elements. Short rows go four at a time: what is the same for
/// every row is then loaded once for four. Long rows go one by one, since the hardware prefetcher
/// follows only sequential memory.
@inline(__always)
func forRows(_ rows: Range<Int>, _ c: Int, _ kernel: some RowKernel) {
  var row = rows.lowerBound
  while c <= 64 && row &+ 4 <= rows.upperBound {
    forLanes(c) { i, n in kernel(rows: 4, at: row &* c &+ i, stride: c, channel: i, lanes: n) }
    row &+= 4
  }
  while row < rows.upperBound {
    forLanes(c) { i, n in kernel(rows: 1, at: row &* c &+ i, stride: c, channel: i, lanes: n) }
    row &+= 1
  }
}

/// A number for every element, to be summed over rows.
protocol RowTerm {
  func callAsFunction(_ offset: Int, _ channel: Int, _ lanes: Int) -> ChannelLanes
}

/// Two numbers for every element, to be summed over rows.
protocol RowTermPair {
  func callAsFunction(_ offset: Int, _ channel: Int, _ lanes: Int) -> (ChannelLanes, ChannelLanes)
}

/// Adds a term onto one sum per channel; four rows are added to each other first.
struct RowSum<Term: RowTerm>: RowKernel {
  let sums: UnsafeMutablePointer<Float>
  let term: Term

  @inline(__always)
  func callAsFunction(rows: Int, at o: Int, stride c: Int, channel i: Int, lanes n: Int) {
    var v = term(o, i, n)
    if rows == 4 {
      v = (v + term(o &+ c, i, n)) + (term(o &+ 2 &* c, i, n) + term(o &+ 3 &* c, i, n))
    }
    store(load(sums + i, n) + v, sums + i, n)
  }
}

/// The same for two terms; the second's sums follow the first's.
struct RowSumPair<Terms: RowTermPair>: RowKernel {
  let sums: UnsafeMutablePointer<Float>
  let terms: Terms

  @inline(__always)
  func callAsFunction(rows: Int, at o: Int, stride c: Int, channel i: Int, lanes n: Int) {
    var v = terms(o, i, n)
    if rows == 4 {
      let (b, d) = (terms(o &+ c, i, n), terms(o &+ 2 &* c, i, n))
      let e = terms(o &+ 3 &* c, i, n)
      v = ((v.0 + b.0) + (d.0 + e.0), (v.1 + b.1) + (d.1 + e.1))
    }
    store(load(sums + i, n) + v.0, sums + i, n)
    store(load(sums + c + i, n) + v.1, sums + c + i, n)
  }
}

/// The elements themselves.
struct ElementTerm: RowTerm {
  let x: UnsafePointer<Float>

  @inline(__always)
  func callAsFunction(_ o: Int, _ i: Int, _ n: Int) -> ChannelLanes { load(x + o, n) }
}

/// x - pivot and its square; one pivot per channel.
struct ShiftedTerms: RowTermPair {
  let x: UnsafePointer<Float>
  let pivot: UnsafePointer<Float>

  @inline(__always)
  func callAsFunction(_ o: Int, _ i: Int, _ n: Int) -> (ChannelLanes, ChannelLanes) {
    let d = load(x + o, n) - load(pivot + i, n)
    return (d, d * d)
  }
}

/// Runs `body` over ranges of channels with `sums` zeroed accumulators for each channel of the
/// range: where the parts of a reduction are merged in Double.
func forChannelSums(
  _ c: Int, sums: Int, _ compute: Compute,
  _ body: (_ channels: Range<Int>, _ sums: UnsafeMutablePointer<Double>) -> Void
) {
  compute.parallelBlocks(c, block: 128) { _, channels in
    withUnsafeTemporaryAllocation(of: Double.self, capacity: sums * channels.count) { buffer in
      buffer.initialize(repeating: 0)
      // Not empty: a range has at least one channel.
      body(channels, buffer.baseAddress!)
    }
  }
}
