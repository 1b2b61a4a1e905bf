/// One class's errors at all pixels, and their traversal from the largest to the smallest.
///
/// Items, the errors' complemented bits in the upper half (errors are not negative, so their bits
/// order like their values), pixel and class membership in the lower, are first distributed to
/// about a thousand buckets of consecutive errors. How many pixels of the class lie before each is
/// then known, so that each can be sorted and traversed separately, on any thread, while it is in
/// the cache.
struct ClassErrors {
  /// [pixels]; replaced by the gradient.
  let errors: UnsafeMutablePointer<Float>
  let ids: UnsafePointer<UInt8>
  let pixels: Int
  let label: UInt8
  /// The smallest error of the class's own pixels: errors below it have no coefficient.
  let smallest: Float
  let compute: Compute

  /// Pixels that one thread distributes at a time.
  private static let block = 1 << 16

  /// - Parameters:
  ///   - items, scratch: space for `pixels` items each.
  /// - Returns: the class's loss.
  func replaceByGradient(
    classPixels: Int, _ items: UnsafeMutablePointer<UInt64>, _ scratch: UnsafeMutablePointer<UInt64>
  ) -> Double {
    let buckets = Buckets(smallest: smallest, items: pixels)
    let blocks = (pixels + Self.block - 1) / Self.block
    // The items of each block and bucket, with those of the class counted in the upper half:
    // [blocks, buckets].
    var table = [UInt64](repeating: 0, count: blocks * buckets.count)
    var values = [Double](repeating: 0, count: buckets.count)
    table.withUnsafeMutableBufferPointer { table in
      let table = table.baseAddress!
      compute.parallelBlocks(pixels, block: Self.block) { b, range in
        count(range, buckets, table + b * buckets.count)
      }
      let starts = BucketStarts(table, blocks: blocks, buckets: buckets.count)
      compute.parallelBlocks(pixels, block: Self.block) { b, range in
        deal(range, buckets, table + b * buckets.count, items)
      }
      values.withUnsafeMutableBufferPointer { values in
        compute.parallelFor(buckets.count) { k in
          let (own, items) = (starts.items[k]..<starts.items[k + 1], items + starts.items[k])
          let sorted = sort(
            items, scratch + own.lowerBound, count: own.count, bits: k == 0 ? 32 : buckets.shift)
          let before = (starts.own[k], own.lowerBound - starts.own[k])
          values[k] = walk(
            sorted, own.count, intersection: Double(classPixels - before.0),
            union: Double(classPixels + before.1))
        }
      }
    }
    return values.reduce(0, +)
  }

  /// Whether a pixel may have a coefficient other than 0.
  @inline(__always)
  private func matters(_ i: Int) -> Bool {
    // Not ">=": a NaN must get through.
    ids[i] != LabelMap.ignored && !(errors[i] < smallest)
  }

  // These three loops stay functions of their own: inlined into their caller, they get fewer
  // registers and take 5% longer.
  @inline(never)
  private func count(
    _ range: Range<Int>, _ buckets: Buckets, _ counts: UnsafeMutablePointer<UInt64>
  ) {
    for i in range where matters(i) {
      counts[buckets.index(errors[i])] &+= ids[i] == label ? 1 << 32 | 1 : 1
    }
  }

  /// Distributes a block's items to their buckets, in pixel order, and clears the errors.
  ///
  /// - Parameter next: where a bucket's next item goes.
  @inline(never)
  private func deal(
    _ range: Range<Int>, _ buckets: Buckets, _ next: UnsafeMutablePointer<UInt64>,
    _ items: UnsafeMutablePointer<UInt64>
  ) {
    for i in range {
      if matters(i) {
        let own: UInt64 = ids[i] == label ? 1 : 0
        let bucket = buckets.index(errors[i])
        items[Int(next[bucket])] =
          UInt64(~errors[i].bitPattern) << 32 | UInt64(truncatingIfNeeded: i << 1) | own
        next[bucket] &+= 1
      }
      errors[i] = 0
    }
  }

  /// Traverses sorted items, given |I| and |U| before the first, and writes the gradient.
  /// - Returns: their share of the loss.
  @inline(never)
  private func walk(
    _ items: UnsafePointer<UInt64>, _ count: Int, intersection: Double, union: Double
  ) -> Double {
    var (value, intersection, union) = (0.0, intersection, union)
    for k in 0..<count {
      let item = items[k]
      let error = Double(Float(bitPattern: ~UInt32(truncatingIfNeeded: item &>> 32)))
      let low = UInt32(truncatingIfNeeded: item)
      // Without branches, since they would be unpredictable.
      let isOwn = low & 1 == 1
      let coefficient = (isOwn ? 1 : intersection) / (isOwn ? union : union * (union + 1))
      intersection -= isOwn ? 1 : 0
      union += isOwn ? 0 : 1
      errors[Int(low &>> 1)] = Float(isOwn ? -coefficient : coefficient)
      value += coefficient * error
    }
    return value
  }
}

/// The errors from 1 down to the smallest that matters, split by their bit patterns.
private struct Buckets {
  /// The bits of an error that do not distinguish buckets.
  let shift: Int
  let count: Int
  /// The bits of the largest error in the first, at least what a sum of rounded probabilities gives.
  private let top: Int32

  init(smallest: Float, items: Int) {
    let largest = Int(Float(1).bitPattern) + 64
    let span = max(0, largest - Int(smallest.bitPattern))
    // A few thousand items in each; more than a thousand buckets would touch more memory pages than
    // the TLB holds while items are distributed.
    let wanted = max(16, min(1024, items / 1024))
    var shift = 0
    while span >> shift >= wanted { shift += 1 }
    // The bucket limits have zeros in the lower bits of the patterns; a bucket is sorted by those
    // bits.
    let top = largest | (1 << shift - 1)
    (self.shift, self.top) = (shift, Int32(top))
    count = max(0, top - Int(smallest.bitPattern)) >> shift + 1
  }

  /// 0 for the largest errors and for NaN.
  @inline(__always)
  func index(_ error: Float) -> Int {
    // A NaN may have either sign.
    let distance = top &- Int32(bitPattern: error.magnitude.bitPattern)
    return Int(distance < 0 ? 0 : distance) &>> shift
  }
}

/// The number of items, and of those of the class, before each bucket; one entry more than buckets.
private struct BucketStarts {
  private(set) var items = [0]
  private(set) var own = [0]

  /// - Parameter table: counts, see above; replaced by where each block's items of a bucket go.
  init(_ table: UnsafeMutablePointer<UInt64>, blocks: Int, buckets: Int) {
    var (start, ownBefore) = (0, 0)
    for k in 0..<buckets {
      for b in 0..<blocks {
        let entry = table[b * buckets + k]
        table[b * buckets + k] = UInt64(start)
        start += Int(entry & 0xffff_ffff)
        ownBefore += Int(entry >> 32)
      }
      items.append(start)
      own.append(ownBefore)
    }
  }
}
