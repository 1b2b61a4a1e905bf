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
///
/// - Parameter channels: those of each row that are worked on; whole vectors, but for the last.
@inline(__always)
func forRows(
  _ rows: Range<Int>, _ c: Int, channels: Range<Int>, _ kernel: some RowKernel
) {
  let (first, count) = (channels.lowerBound, channels.count)
  var row = rows.lowerBound
  while c <= 64 && row &+ 4 <= rows.upperBound {
    forLanes(count) { i, n in
      kernel(rows: 4, at: row &* c &+ first &+ i, stride: c, channel: first &+ i, lanes: n)
    }
    row &+= 4
  }
  while row < rows.upperBound {
    forLanes(count) { i, n in
      kernel(rows: 1, at: row &* c &+ first &+ i, stride: c, channel: first &+ i, lanes: n)
    }
    row &+= 1
  }
}

/// All channels of the rows.
@inline(__always)
func forRows(_ rows: Range<Int>, _ c: Int, _ kernel: some RowKernel) {
  forRows(rows, c, channels: 0..<c, kernel)
}

extension Compute {
  /// Runs `body` over rows of `c` channels, whose results do not depend on one another.
  func parallelRows(
    _ rows: Int, _ c: Int, file: StaticString = #fileID, line: UInt = #line,
    _ body: (Range<Int>) -> Void
  ) {
    parallelPieces(
      rows, block: rowBlock(c), unit: 4, least: max(4, 4096 / max(1, c)), file: file, line: line,
      body)
  }

  /// Runs `body` over blocks of rows, in which each channel is summed alone. For many threads, blocks are
  /// cut into channels.
  func parallelSums(
    _ rows: Int, _ c: Int, file: StaticString = #fileID, line: UInt = #line,
    _ body: (_ block: Int, Range<Int>, _ channels: Range<Int>) -> Void
  ) {
    let block = rowBlock(c)
    let blocks = (rows + block - 1) / block
    let parts = pieces(of: c, block: c, parts: parts(of: blocks), unit: 64, least: 64)
    parallelFor(blocks * parts.count, file: file, line: line) { i in
      let b = i / parts.count
      body(b, b * block..<min(rows, (b + 1) * block), parts[i % parts.count])
    }
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

/// Sums of some channels in Double, merged from the parts of a reduction: those of this rank, and in the
/// end those of each.
struct ChannelTotals {
  private let base: UnsafeMutablePointer<Double>
  /// From one sum, and from one rank, to the next.
  private let (stride, rankStride): (Int, Int)
  private let sums: Int
  let ranks: Int

  init(
    _ base: UnsafeMutablePointer<Double>, sums: Int, stride: Int, ranks: Int = 1,
    rankStride: Int = 0
  ) {
    (self.base, self.sums, self.stride) = (base, sums, stride)
    (self.ranks, self.rankStride) = (ranks, rankStride)
  }

  /// The channels' values of a sum.
  subscript(sum: Int, of rank: Int = 0) -> UnsafeMutablePointer<Double> {
    base + rank * rankStride + sum * stride
  }

  /// Adds the other ranks' onto rank 0's, in their order.
  func addRanks(_ channels: Int) {
    for rank in 1..<ranks {
      for sum in 0..<sums {
        let (total, other) = (self[sum], self[sum, of: rank])
        for i in 0..<channels { total[i] += other[i] }
      }
    }
  }
}

/// Runs `merge` over ranges of channels, with accumulators that are zero, and then `finish` with what it
/// left there on each rank.
///
/// - Parameters:
///   - sums: accumulators of each channel.
///   - ranks: nil: this one alone.
func forChannelTotals(
  _ c: Int, sums: Int, over ranks: (any Communicator)?, _ compute: Compute,
  _ merge: (_ channels: Range<Int>, ChannelTotals) -> Void,
  finish: (_ channels: Range<Int>, ChannelTotals) -> Void
) {
  let block = 128
  guard let ranks else {
    compute.parallelBlocks(c, block: block) { _, channels in
      withUnsafeTemporaryAllocation(of: Double.self, capacity: sums * channels.count) { buffer in
        buffer.initialize(repeating: 0)
        // Not empty: a range has at least one channel.
        let totals = ChannelTotals(buffer.baseAddress!, sums: sums, stride: channels.count)
        merge(channels, totals)
        finish(channels, totals)
      }
    }
    return
  }
  let count = sums * c
  withUnsafeTemporaryAllocation(of: Double.self, capacity: (ranks.count + 1) * count) { buffer in
    buffer.initialize(repeating: 0)
    let all = buffer.baseAddress!
    let own = all + ranks.count * count
    compute.parallelBlocks(c, block: block) { _, channels in
      merge(channels, ChannelTotals(own + channels.lowerBound, sums: sums, stride: c))
    }
    ranks.gather(
      UnsafeRawBufferPointer(start: own, count: 8 * count),
      into: UnsafeMutableRawBufferPointer(start: all, count: 8 * count * ranks.count))
    compute.parallelBlocks(c, block: block) { _, channels in
      finish(
        channels,
        ChannelTotals(
          all + channels.lowerBound, sums: sums, stride: c, ranks: ranks.count,
          rankStride: count))
    }
  }
}
