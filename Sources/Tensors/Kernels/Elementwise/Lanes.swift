import CLanes

/// Eight floats at a time, such as one channel of eight pixels. Sums over lanes are of these eight on
/// every CPU, so that their bits are the same.
@usableFromInline package typealias Lanes = SIMD8<Float>

/// As many floats as the widest vectors hold of the CPU that this program is built for: sixteen with
/// AVX-512, eight otherwise. The one way kernels walk along channels, which never sum over lanes: their
/// results do not depend on the number.
@usableFromInline package typealias ChannelLanes = rb_lanes

/// Half as many.
@usableFromInline typealias HalfLanes = rb_half_lanes

/// Calls `body(offset, lanes)` for every whole vector of 0..<count, for a half of one if there is one of
/// eight lanes, and once more with the remainder. `load` and `store` take the same number of lanes, so
/// that a formula is written once.
@inlinable @inline(__always)
package func forLanes(_ count: Int, _ body: (_ offset: Int, _ lanes: Int) -> Void) {
  var i = 0
  while i &+ ChannelLanes.scalarCount <= count {
    body(i, ChannelLanes.scalarCount)
    i &+= ChannelLanes.scalarCount
  }
  if ChannelLanes.scalarCount > 8 && i &+ 8 <= count {
    body(i, 8)
    i &+= 8
  }
  if i < count { body(i, count &- i) }
}

@inlinable @inline(__always)
package func load(_ p: UnsafePointer<Float>, _ lanes: Int) -> ChannelLanes {
  if lanes == ChannelLanes.scalarCount {
    return UnsafeRawPointer(p).loadUnaligned(as: ChannelLanes.self)
  }
  if lanes == HalfLanes.scalarCount {
    return ChannelLanes(
      lowHalf: UnsafeRawPointer(p).loadUnaligned(as: HalfLanes.self), highHalf: .zero)
  }
  var v = ChannelLanes.zero
  for i in 0..<lanes { v[i] = p[i] }
  return v
}

@inlinable @inline(__always)
package func store(_ v: ChannelLanes, _ p: UnsafeMutablePointer<Float>, _ lanes: Int) {
  if lanes == ChannelLanes.scalarCount {
    UnsafeMutableRawPointer(p).storeBytes(of: v, as: ChannelLanes.self)
  } else if lanes == HalfLanes.scalarCount {
    UnsafeMutableRawPointer(p).storeBytes(of: v.lowHalf, as: HalfLanes.self)
  } else {
    for i in 0..<lanes { p[i] = v[i] }
  }
}

/// The larger of each pair; the standard library's `pointwiseMax` is not inlined.
@inlinable @inline(__always)
package func larger(_ a: SIMD8<Float>, _ b: SIMD8<Float>) -> SIMD8<Float> {
  a.replacing(with: b, where: a .< b)
}

@inlinable @inline(__always)
package func larger(_ a: SIMD16<Float>, _ b: SIMD16<Float>) -> SIMD16<Float> {
  a.replacing(with: b, where: a .< b)
}

/// The smaller of each pair.
@inlinable @inline(__always)
package func smaller(_ a: Lanes, _ b: Lanes) -> Lanes { a.replacing(with: b, where: b .< a) }

/// Of each lane, correctly rounded. The compiler takes roots of a Swift vector one by one.
@inline(__always)
func squareRoot(_ v: ChannelLanes) -> ChannelLanes { rb_square_root(v) }

/// Copies `count` floats; inlined, since most runs are a few vectors long.
@inline(__always)
func copyLanes(
  _ from: UnsafePointer<Float>, _ to: UnsafeMutablePointer<Float>, _ count: Int
) {
  forLanes(count) { i, n in store(load(from + i, n), to + i, n) }
}
