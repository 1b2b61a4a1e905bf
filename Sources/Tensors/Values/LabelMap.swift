/// A batch of class ids, images x rows x columns, with one value that means "not evaluated".
public struct LabelMap: Hashable, Sendable {
  /// The id of a pixel that takes no part in any loss or metric.
  public static let ignored: UInt8 = 255

  public let n: Int
  public let h: Int
  public let w: Int
  /// Ids in row-major order; `ignored` or below the number of classes.
  public var ids: [UInt8]

  /// Traps if the number of ids is not `n * h * w`.
  public init(n: Int, h: Int, w: Int, ids: [UInt8]) {
    precondition(ids.count == n * h * w, "\(ids.count) ids for \(n) x \(h) x \(w)")
    (self.n, self.h, self.w, self.ids) = (n, h, w, ids)
  }

  /// Pixels of the whole batch, `n * h * w`.
  public var pixels: Int { n * h * w }

  /// Pixels that are not ignored.
  public var validPixels: Int { ids.reduce(0) { $0 + ($1 == Self.ignored ? 0 : 1) } }

  /// Pixels of each class, ignored ones left out; ids not below `classes` are not counted.
  ///
  /// - Parameter compute: threads to use; without it the calling thread does the work.
  public func histogram(classes: Int, _ compute: Compute? = nil) -> [Int] {
    let (pixels, block) = (ids.count, 1 << 16)
    var counts = [Int](repeating: 0, count: (pixels + block - 1) / block * 256)
    counts.withUnsafeMutableBufferPointer { counts in
      ids.withUnsafeBufferPointer { ids in
        func countBlock(_ b: Int) {
          let own = ids[b * block..<min(pixels, (b + 1) * block)]
          count(UnsafeBufferPointer(rebasing: own), counts.baseAddress! + b * 256)
        }
        let blocks = counts.count / 256
        if let compute {
          compute.parallelFor(blocks, countBlock)
        } else {
          (0..<blocks).forEach(countBlock)
        }
      }
    }
    return (0..<min(classes, Int(Self.ignored))).map { id in
      stride(from: id, to: counts.count, by: 256).reduce(0) { $0 + counts[$1] }
    }
  }
}

/// Adds the number of each value to `counts`, 256 of them.
///
/// Neighboring pixels usually have the same label, and an addition to a number just stored must
/// wait for the store, so runs of eight are counted at once.
private func count(_ ids: UnsafeBufferPointer<UInt8>, _ counts: UnsafeMutablePointer<Int>) {
  let raw = UnsafeRawBufferPointer(ids)
  var i = 0
  while i + 8 <= raw.count {
    let eight = raw.loadUnaligned(fromByteOffset: i, as: UInt64.self)
    if eight == UInt64(ids[i]) &* 0x0101_0101_0101_0101 {
      counts[Int(ids[i])] += 8
    } else {
      for j in i..<i + 8 { counts[Int(ids[j])] += 1 }
    }
    i += 8
  }
  while i < raw.count {
    counts[Int(ids[i])] += 1
    i += 1
  }
}
