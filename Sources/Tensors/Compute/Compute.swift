import COpenBLAS

/// The context passed to every kernel: the threads to use and the memory to reuse.
public final class Compute: Sendable {
  let pool: WorkerPool
  package let cache = BufferCache()
  /// The ranks that train one network together; nil where this process trains alone.
  package let ranks: (any Communicator)?
  private let observer: (any LoopObserver)?

  /// - Parameter threads: threads of this context, the calling one included. Results do not
  ///   depend on it.
  public convenience init(threads: Int = 1) { self.init(threads: threads, ranks: nil) }

  /// - Parameters:
  ///   - threads: of this rank.
  ///   - ranks: one rank alone is the same as nil.
  ///   - observer: runs all loops, which are cut as for that many threads.
  package init(
    threads: Int = 1, ranks: (any Communicator)?, observer: (any LoopObserver)? = nil
  ) {
    // Parallelism is ours; a BLAS that splits a product would make the result depend on the number
    // of threads.
    _ = Self.singleThreadedBLAS
    pool = WorkerPool(threads: threads)
    self.ranks = ranks.flatMap { $0.count > 1 ? $0 : nil }
    self.observer = observer
  }

  private static let singleThreadedBLAS: Void = openblas_set_num_threads(1)

  deinit { pool.shutDown() }

  public var threads: Int { pool.threads }

  /// A tensor whose contents are undefined, in memory that returns to this context when freed.
  public func empty(_ shape: Shape) -> Tensor { Tensor(uninitialized: shape, from: cache) }

  /// A tensor of zeros, in memory that returns to this context when freed.
  public func zeros(_ shape: Shape) -> Tensor {
    let tensor = empty(shape)
    tensor.fill(0)
    return tensor
  }

  /// Runs `body(0) ... body(count - 1)` on all threads, in any order.
  public func parallelFor(
    _ count: Int, file: StaticString = #fileID, line: UInt = #line, _ body: (Int) -> Void
  ) {
    if let observer { return observer.run(LoopPlace(file, line), count, body) }
    pool.parallelFor(count, body)
  }

  /// Runs `body` over consecutive ranges of `block` (the last may be shorter) that cover 0..<count.
  /// The split does not depend on the number of threads.
  public func parallelBlocks(
    _ count: Int, block: Int, file: StaticString = #fileID, line: UInt = #line,
    _ body: (_ index: Int, Range<Int>) -> Void
  ) {
    let blocks = (count + block - 1) / block
    parallelFor(blocks, file: file, line: line) { b in
      body(b, b * block..<min(count, (b + 1) * block))
    }
  }

  /// The sum over blocks of `body`, each block's part computed on some thread and the parts added
  /// in order: bit-identical for any number of threads.
  public func parallelSum(
    _ count: Int, block: Int, file: StaticString = #fileID, line: UInt = #line,
    _ body: (Range<Int>) -> Double
  ) -> Double {
    let blocks = (count + block - 1) / block
    guard blocks > 0 else { return 0 }
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: blocks) { parts in
      let start = parts.baseAddress!
      parallelBlocks(count, block: block, file: file, line: line) { b, range in
        start[b] = body(range)
      }
      return parts.reduce(0, +)
    }
  }
}
