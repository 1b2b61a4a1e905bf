/// How work is cut for many threads where its results do not depend on the cut: coarse, so that each piece
/// reuses what it has in cache, unless threads would be left without a piece.
extension Compute {
  /// Runs `body` over consecutive ranges that cover 0..<count: blocks of `block`, which are cut further
  /// where there are more threads than blocks.
  ///
  /// - Parameters:
  ///   - unit: blocks are cut at multiples of it, counted from their start.
  ///   - least: the shortest range that a cut leaves.
  func parallelPieces(
    _ count: Int, block: Int, unit: Int, least: Int, file: StaticString = #fileID,
    line: UInt = #line, _ body: (Range<Int>) -> Void
  ) {
    let parts = parts(of: (count + block - 1) / block)
    let pieces = pieces(of: count, block: block, parts: parts, unit: unit, least: least)
    parallelFor(pieces.count, file: file, line: line) { body(pieces[$0]) }
  }

  /// Runs `body` over blocks of elements, each of which has a result of its own.
  func parallelElements(
    _ count: Int, file: StaticString = #fileID, line: UInt = #line, _ body: (Range<Int>) -> Void
  ) {
    parallelPieces(
      count, block: elementBlock, unit: 1024, least: 4096, file: file, line: line, body)
  }

  /// Into how many parts each of so many pieces should be cut: twice as many as threads in all, since
  /// their times differ. Two threads have enough with what two cores were measured with.
  func parts(of pieces: Int) -> Int {
    threads > 2 && pieces > 0 && pieces < threads ? (2 * threads + pieces - 1) / pieces : 1
  }
}

/// Blocks of `block` that cover 0..<count, each in `parts` parts, or in fewer where those would be shorter
/// than `least`.
package func pieces(
  of count: Int, block: Int, parts: Int, unit: Int, least: Int
) -> [Range<Int>] {
  let part = max(least, (block + parts - 1) / parts)
  let size = (part + unit - 1) / unit * unit
  var pieces: [Range<Int>] = []
  for start in stride(from: 0, to: count, by: block) {
    let end = min(count, start + block)
    var first = start
    while parts > 1 && end - first >= size + least {
      pieces.append(first..<first + size)
      first += size
    }
    pieces.append(first..<end)
  }
  return pieces
}
