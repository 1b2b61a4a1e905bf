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
  public func histogram(classes: Int) -> [Int] {
    var counts = [Int](repeating: 0, count: 256)
    for id in ids { counts[Int(id)] += 1 }
    return Array(counts.prefix(min(classes, Int(Self.ignored))))
  }
}
