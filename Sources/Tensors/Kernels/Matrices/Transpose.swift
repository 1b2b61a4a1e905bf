// Pixels in lanes: eight consecutive pixels of [N, H, W, C] transposed, so that lane i of vector j
// is channel j of pixel i. Maxima and sums over channels then need no shuffling, for any C.

/// Reads eight pixels' channels, [8, C], as C vectors of eight.
@inlinable @inline(__always)
package func loadTransposed(
  _ rows: UnsafePointer<Float>, channels c: Int, into lanes: UnsafeMutablePointer<Lanes>
) {
  guard c >= 8 else {
    for j in 0..<c {
      var v = Lanes.zero
      for i in 0..<8 { v[i] = rows[i * c + j] }
      lanes[j] = v
    }
    return
  }
  var j = 0
  while true {
    let t = transposed(
      (
        loadEight(rows + j), loadEight(rows + (j &+ c)), loadEight(rows + (j &+ 2 &* c)),
        loadEight(rows + (j &+ 3 &* c)), loadEight(rows + (j &+ 4 &* c)),
        loadEight(rows + (j &+ 5 &* c)),
        loadEight(rows + (j &+ 6 &* c)), loadEight(rows + (j &+ 7 &* c))
      ))
    let out = lanes + j
    (out[0], out[1], out[2], out[3]) = (t.0, t.1, t.2, t.3)
    (out[4], out[5], out[6], out[7]) = (t.4, t.5, t.6, t.7)
    if j == c &- 8 { return }
    // The last eight overlap those before if C is not a multiple.
    j = min(j &+ 8, c &- 8)
  }
}

/// Writes C vectors of eight as eight pixels' channels, [8, C].
@inlinable @inline(__always)
package func storeTransposed(
  _ lanes: UnsafePointer<Lanes>, channels c: Int, into rows: UnsafeMutablePointer<Float>
) {
  guard c >= 8 else {
    for j in 0..<c { for i in 0..<8 { rows[i &* c &+ j] = lanes[j][i] } }
    return
  }
  var j = 0
  while true {
    let v = lanes + j
    let t = transposed((v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7]))
    let out = rows + j
    storeEight(t.0, out)
    storeEight(t.1, out + c)
    storeEight(t.2, out + 2 &* c)
    storeEight(t.3, out + 3 &* c)
    storeEight(t.4, out + 4 &* c)
    storeEight(t.5, out + 5 &* c)
    storeEight(t.6, out + 6 &* c)
    storeEight(t.7, out + 7 &* c)
    if j == c &- 8 { return }
    j = min(j &+ 8, c &- 8)
  }
}

@inlinable @inline(__always)
package func loadEight(_ p: UnsafePointer<Float>) -> Lanes {
  UnsafeRawPointer(p).loadUnaligned(as: Lanes.self)
}

@inlinable @inline(__always)
package func storeEight(_ v: Lanes, _ p: UnsafeMutablePointer<Float>) {
  UnsafeMutableRawPointer(p).storeBytes(of: v, as: Lanes.self)
}

@usableFromInline package typealias EightLanes = (
  Lanes, Lanes, Lanes, Lanes, Lanes, Lanes, Lanes, Lanes
)

/// Transposes an 8 x 8 matrix, one vector per row: by pairs of rows, pairs of pairs, and halves; 24
/// shuffles. From the second step on pairs are moved as doubles, since otherwise the compiler
/// recombines all three steps into slower code.
@inlinable @inline(__always)
package func transposed(_ m: EightLanes) -> EightLanes {
  let (a, b) = (lowPairs(m.0, m.1), highPairs(m.0, m.1))
  let (c, d) = (lowPairs(m.2, m.3), highPairs(m.2, m.3))
  let (e, f) = (lowPairs(m.4, m.5), highPairs(m.4, m.5))
  let (g, h) = (lowPairs(m.6, m.7), highPairs(m.6, m.7))
  let (p, q, r, s) = (evens(a, c), odds(a, c), evens(b, d), odds(b, d))
  let (t, u, v, w) = (evens(e, g), odds(e, g), evens(f, h), odds(f, h))
  return (
    lows(p, t), lows(q, u), lows(r, v), lows(s, w),
    highs(p, t), highs(q, u), highs(r, v), highs(s, w)
  )
}

// Within each half of the vectors, as the vector units shuffle: numbers of x and y alternating.
@inlinable @inline(__always)
package func lowPairs(_ x: Lanes, _ y: Lanes) -> SIMD4<Double> {
  unsafeBitCast(Lanes(x[0], y[0], x[1], y[1], x[4], y[4], x[5], y[5]), to: SIMD4<Double>.self)
}
@inlinable @inline(__always)
package func highPairs(_ x: Lanes, _ y: Lanes) -> SIMD4<Double> {
  unsafeBitCast(Lanes(x[2], y[2], x[3], y[3], x[6], y[6], x[7], y[7]), to: SIMD4<Double>.self)
}
@inlinable @inline(__always)
package func evens(_ x: SIMD4<Double>, _ y: SIMD4<Double>) -> SIMD4<Double> {
  SIMD4(x[0], y[0], x[2], y[2])
}
@inlinable @inline(__always)
package func odds(_ x: SIMD4<Double>, _ y: SIMD4<Double>) -> SIMD4<Double> {
  SIMD4(x[1], y[1], x[3], y[3])
}

// Across the halves.
@inlinable @inline(__always)
package func lows(_ x: SIMD4<Double>, _ y: SIMD4<Double>) -> Lanes {
  unsafeBitCast(SIMD4(x[0], x[1], y[0], y[1]), to: Lanes.self)
}
@inlinable @inline(__always)
package func highs(_ x: SIMD4<Double>, _ y: SIMD4<Double>) -> Lanes {
  unsafeBitCast(SIMD4(x[2], x[3], y[2], y[3]), to: Lanes.self)
}
