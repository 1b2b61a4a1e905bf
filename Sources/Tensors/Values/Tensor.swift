/// A dense block of 32-bit floats in NHWC order.
///
/// A tensor is a reference: its creator decides who may write to it. Every access is checked
/// against its extent; for a loop over many elements, use `withSpan` or `withMutableSpan` first. It
/// is not safe to write to one tensor from two threads at once; `Compute.parallelFor` bodies write
/// to disjoint parts.
@safe
public final class Tensor: @unchecked Sendable {
  /// Extent, images x rows x columns x channels.
  public let shape: Shape
  /// The first element; element (n, h, w, c) lies at `((n * H + h) * W + w) * C + c`.
  @usableFromInline package let base: UnsafeMutablePointer<Float>
  private let cache: BufferCache?

  /// A tensor of zeros, or of `value`.
  public convenience init(_ shape: Shape, filledWith value: Float = 0) {
    self.init(uninitialized: shape, from: nil)
    fill(value)
  }

  /// A tensor of the given elements in NHWC order; traps if their number does not fit the shape.
  public convenience init(_ shape: Shape, _ elements: [Float]) {
    precondition(elements.count == shape.count, "\(elements.count) elements for shape \(shape)")
    self.init(uninitialized: shape, from: nil)
    for i in elements.indices { base[i] = elements[i] }
  }

  init(uninitialized shape: Shape, from cache: BufferCache?) {
    self.shape = shape
    self.cache = cache
    if let cache {
      base = cache.take(shape.count)
    } else {
      base = .allocate(capacity: max(1, shape.count))
    }
  }

  deinit {
    if let cache { cache.give(base, count: shape.count) } else { base.deallocate() }
  }

  public var count: Int { shape.count }
  /// Every element, in NHWC order.
  package var elements: UnsafeMutableBufferPointer<Float> { .init(start: base, count: count) }
  /// A copy of every element, in NHWC order.
  public var array: [Float] { Array(elements) }

  public func fill(_ value: Float) { base.update(repeating: value, count: count) }

  /// Calls `body` with all elements, in NHWC order.
  public func withSpan<Result>(_ body: (Span<Float>) throws -> Result) rethrows -> Result {
    try body(Span(_unsafeElements: UnsafeBufferPointer(elements)))
  }

  /// Calls `body` with all elements, in NHWC order, to read and to write.
  public func withMutableSpan<Result>(
    _ body: (inout MutableSpan<Float>) throws -> Result
  ) rethrows -> Result {
    var span = MutableSpan(_unsafeElements: elements)
    return try body(&span)
  }

  /// Element at a position in NHWC order; traps unless it is from 0 to `count - 1`.
  public subscript(index: Int) -> Float {
    get {
      precondition(index >= 0 && index < count, "element \(index) of \(count)")
      return base[index]
    }
    set {
      precondition(index >= 0 && index < count, "element \(index) of \(count)")
      base[index] = newValue
    }
  }

  /// Element (image, row, column, channel); traps outside the shape.
  public subscript(n: Int, h: Int, w: Int, c: Int) -> Float {
    get { base[offset(n, h, w, c)] }
    set { base[offset(n, h, w, c)] = newValue }
  }

  private func offset(_ n: Int, _ h: Int, _ w: Int, _ c: Int) -> Int {
    precondition(
      n >= 0 && n < shape.n && h >= 0 && h < shape.h && w >= 0 && w < shape.w && c >= 0
        && c < shape.c, "(\(n), \(h), \(w), \(c)) lies outside \(shape)")
    return ((n * shape.h + h) * shape.w + w) * shape.c + c
  }
}
