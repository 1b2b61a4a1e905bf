/// The softmax of eight consecutive pixels, lane i that of pixel `first + i`: exponentials and
/// their sums, from which every loss computes what it needs without a logarithm of a rounded number
/// or a cancellation.
@safe @usableFromInline package struct SoftmaxTile {
  /// Position in the batch of the first pixel.
  @usableFromInline package let first: Int
  /// The number of pixels: 8, except at the end.
  @usableFromInline let count: Int
  /// Eight class ids; `LabelMap.ignored` also beyond `count`.
  @usableFromInline let ids: UnsafePointer<UInt8>
  /// The same as numbers.
  @usableFromInline let labels: Lanes
  /// exp(z_j - z_max), C vectors.
  @usableFromInline let powers: UnsafeMutablePointer<Lanes>
  /// Space for C more.
  @usableFromInline let room: UnsafeMutablePointer<Lanes>
  /// exp(z_y - z_max); 0 at ignored pixels.
  @usableFromInline let own: Lanes
  /// The sum of the other classes' `powers`.
  @usableFromInline let others: Lanes
  /// z_y - z_max.
  @usableFromInline let shift: Lanes
  /// 1 / sum_j exp(z_j - z_max).
  @usableFromInline let scale: Lanes

  /// p_y.
  @inlinable package var confidence: Lanes { @inline(__always) get { own * scale } }
  /// 1 - p_y, at full precision even where p_y rounds to 1.
  @inlinable package var miss: Lanes { @inline(__always) get { others * scale } }

  /// -log p_y = log(sum) - (z_y - z_max): neither part is negative, and where y is the largest the
  /// sum is 1 + others.
  @inlinable package var crossEntropy: Lanes {
    @inline(__always) get {
      let excess = (own + others - 1).replacing(with: others, where: shift .== 0)
      return logarithmOfOnePlus(excess) - shift
    }
  }

  /// Lanes whose label is not `LabelMap.ignored`.
  @inlinable package var isValid: SIMDMask<SIMD8<Int32>> {
    @inline(__always) get { labels .!= Lanes(repeating: Float(LabelMap.ignored)) }
  }

  /// The class of the pixel in a lane; nil if it is ignored or beyond the batch.
  @inlinable @inline(__always)
  package func label(_ lane: Int) -> Int? {
    precondition(lane >= 0 && lane < 8, "lane \(lane) of 8")
    let id = ids[lane]
    return id == LabelMap.ignored ? nil : Int(id)
  }

  /// Lanes whose label is class j.
  @inlinable @inline(__always)
  func isOwn(_ j: Int) -> SIMDMask<SIMD8<Int32>> { labels .== Lanes(repeating: Float(j)) }

  /// - Parameters:
  ///   - rows: the pixels' logits, [8, C].
  ///   - powers: space for 2 C vectors.
  ///   - blind: logits of ignored pixels count as 0, so that they have no effect.
  @inlinable @inline(__always)
  init(
    first: Int, count: Int, ids: UnsafePointer<UInt8>, rows: UnsafePointer<Float>, classes c: Int,
    powers: UnsafeMutablePointer<Lanes>, blind: Bool
  ) {
    (self.first, self.count, self.ids) = (first, count, ids)
    (self.powers, room) = (powers, powers + c)
    labels = Lanes(
      Float(ids[0]), Float(ids[1]), Float(ids[2]), Float(ids[3]), Float(ids[4]), Float(ids[5]),
      Float(ids[6]), Float(ids[7]))
    loadTransposed(rows, channels: c, into: powers)
    if blind && UnsafeRawPointer(ids).loadUnaligned(as: SIMD8<UInt8>.self).max() == LabelMap.ignored
    {
      let isIgnored = labels .== Lanes(repeating: Float(LabelMap.ignored))
      for j in 0..<c { powers[j].replace(with: 0, where: isIgnored) }
    }
    var largest = powers[0]
    for j in 1..<max(1, c) { largest = larger(largest, powers[j]) }
    var (own, others, shift) = (Lanes.zero, Lanes.zero, Lanes.zero)
    for j in 0..<c {
      let difference = powers[j] - largest
      let power = exponential(difference)
      let isOwn = labels .== Lanes(repeating: Float(j))
      own.replace(with: power, where: isOwn)
      shift.replace(with: difference, where: isOwn)
      others += power.replacing(with: 0, where: isOwn)
      powers[j] = power
    }
    (self.own, self.others, self.shift) = (own, others, shift)
    scale = 1 / (own + others)
  }
}

/// Calls `body` for every eight pixels of a range.
///
/// - Parameters:
///   - blind: see `SoftmaxTile`.
///   - gradient: where `body` writes, [N, H, W, C]; nil if it writes nothing.
///   - body: the tile, and where the gradient of its pixels goes, [8, C], all of which it must
///     write. Without a gradient it must not write.
@inlinable @inline(__always)
func forTiles(
  _ batch: LabeledLogits, _ ids: UnsafePointer<UInt8>, _ range: Range<Int>, blind: Bool = true,
  gradient: Tensor? = nil,
  _ body: (_ tile: SoftmaxTile, _ gradient: UnsafeMutablePointer<Float>) -> Void
) {
  let (c, logits) = (batch.classes, UnsafePointer(batch.logits.base))
  withUnsafeTemporaryAllocation(of: Lanes.self, capacity: 3 * c + 1) { room in
    let powers = room.baseAddress!
    // For the batch's last pixels: eight rows and eight labels.
    let spare = UnsafeMutableRawPointer(powers + 2 * c).assumingMemoryBound(to: Float.self)
    let spareIds = UnsafeMutableRawPointer(powers + 3 * c).assumingMemoryBound(to: UInt8.self)
    var i = range.lowerBound
    while i < range.upperBound {
      let pixels = min(8, range.upperBound - i)
      var (rows, labels) = (logits + i * c, ids + i)
      var target = gradient.map { $0.base + i * c } ?? spare
      if pixels < 8 {
        spare.initialize(repeating: 0, count: 8 * c)
        spare.update(from: rows, count: pixels * c)
        spareIds.initialize(repeating: LabelMap.ignored, count: 8)
        spareIds.update(from: labels, count: pixels)
        (rows, labels, target) = (UnsafePointer(spare), UnsafePointer(spareIds), spare)
      }
      let tile = SoftmaxTile(
        first: i, count: pixels, ids: labels, rows: rows, classes: c, powers: powers, blind: blind)
      body(tile, target)
      if pixels < 8, let gradient {
        (gradient.base + i * c).update(from: spare, count: pixels * c)
      }
      i += 8
    }
  }
}

/// The sum of the lanes.
@inlinable @inline(__always)
package func sum(_ v: Lanes) -> Double {
  let four = v.lowHalf + v.highHalf
  let two = four.lowHalf + four.highHalf
  return Double(two[0] + two[1])
}
