/// The extent of a dense four-dimensional array in NHWC order.
public struct Shape: Hashable, Sendable, CustomStringConvertible {
  /// Images in the batch.
  public var n: Int
  /// Rows.
  public var h: Int
  /// Columns.
  public var w: Int
  /// Channels, contiguous in memory.
  public var c: Int

  public init(n: Int, h: Int, w: Int, c: Int) {
    precondition(n >= 0 && h >= 0 && w >= 0 && c >= 0, "a shape has no negative extent")
    (self.n, self.h, self.w, self.c) = (n, h, w, c)
  }

  /// Pixels of the whole batch, `n * h * w`.
  public var pixels: Int { n * h * w }
  /// Elements, `n * h * w * c`.
  public var count: Int { pixels * c }
  public var description: String { "[\(n), \(h), \(w), \(c)]" }

  /// The same extent with another number of channels.
  public func with(c: Int) -> Shape { Shape(n: n, h: h, w: w, c: c) }
}
