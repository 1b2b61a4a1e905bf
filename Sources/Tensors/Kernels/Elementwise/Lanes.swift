/// Eight floats at a time: the one way kernels walk along channels.
@usableFromInline package typealias Lanes = SIMD8<Float>

/// Calls `body(offset, 8)` for every whole vector of 0..<count and once more with the remainder.
/// `load` and `store` take the same number of lanes, so that a formula is written once.
@inlinable @inline(__always)
package func forLanes(_ count: Int, _ body: (_ offset: Int, _ lanes: Int) -> Void) {
  var i = 0
  while i &+ 8 <= count {
    body(i, 8)
    i &+= 8
  }
  if i < count { body(i, count &- i) }
}

@inlinable @inline(__always)
package func load(_ p: UnsafePointer<Float>, _ lanes: Int) -> Lanes {
  if lanes == 8 { return UnsafeRawPointer(p).loadUnaligned(as: Lanes.self) }
  var v = Lanes.zero
  for i in 0..<lanes { v[i] = p[i] }
  return v
}

@inlinable @inline(__always)
package func store(_ v: Lanes, _ p: UnsafeMutablePointer<Float>, _ lanes: Int) {
  if lanes == 8 {
    UnsafeMutableRawPointer(p).storeBytes(of: v, as: Lanes.self)
  } else {
    for i in 0..<lanes { p[i] = v[i] }
  }
}

/// The larger of each pair; the standard library's `pointwiseMax` is not inlined.
@inlinable @inline(__always)
package func larger(_ a: Lanes, _ b: Lanes) -> Lanes { a.replacing(with: b, where: a .< b) }

/// The smaller of each pair.
@inlinable @inline(__always)
package func smaller(_ a: Lanes, _ b: Lanes) -> Lanes { a.replacing(with: b, where: b .< a) }

/// Copies `count` floats; inlined, since most runs are a few vectors long.
@inline(__always)
func copyLanes(
  _ from: UnsafePointer<Float>, _ to: UnsafeMutablePointer<Float>, _ count: Int
) {
  forLanes(count) { i, n in store(load(from + i, n), to + i, n) }
}
