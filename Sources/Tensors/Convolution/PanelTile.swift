/// Where the elements of a tile's rows of the left operand lie.
struct LeftRows {
  let p0: UnsafePointer<Float>
  let p1: UnsafePointer<Float>
  let p2: UnsafePointer<Float>
  let p3: UnsafePointer<Float>
  let p4: UnsafePointer<Float>
  let p5: UnsafePointer<Float>

  /// Rows past the end repeat the last one; their results are not stored.
  @inline(__always)
  init(rows: Int, _ row: (Int) -> UnsafePointer<Float>) {
    p0 = row(0)
    p1 = row(min(1, rows - 1))
    p2 = row(min(2, rows - 1))
    p3 = row(min(3, rows - 1))
    p4 = row(min(4, rows - 1))
    p5 = row(min(5, rows - 1))
  }
}

/// Elements of a product that are kept in registers: six rows of two vectors. The sum of each element
/// has the same order for vectors of eight and of sixteen.
struct PanelTile {
  /// AVX-512's 32 registers would hold eight rows, but six divide the rows of pixels that networks have
  /// more often, and are as fast.
  static let rows = 6
  static var columns: Int {
    @inline(__always) get { 2 * ChannelLanes.scalarCount }
  }

  /// Tiles that so many rows take.
  static func count(_ rows: Int) -> Int { (rows + Self.rows - 1) / Self.rows }

  /// Rows of each of so many pieces of work, all whole tiles but the last.
  static func rows(of rows: Int, in pieces: Int) -> Int {
    max(1, count((rows + pieces - 1) / max(1, pieces))) * Self.rows
  }

  /// The tile's columns that are computed and stored, a multiple of 8.
  struct Columns {
    /// Both vectors, not only the first.
    let isPair: Bool
    /// All of the last vector is stored, not only half of it.
    let isWhole: Bool

    @inline(__always)
    init(_ count: Int, isPair: Bool) {
      self.isPair = isPair
      isWhole = count & (ChannelLanes.scalarCount - 1) == 0
    }
  }

  var a0 = ChannelLanes.zero
  var a1 = ChannelLanes.zero
  var b0 = ChannelLanes.zero
  var b1 = ChannelLanes.zero
  var c0 = ChannelLanes.zero
  var c1 = ChannelLanes.zero
  var d0 = ChannelLanes.zero
  var d1 = ChannelLanes.zero
  var e0 = ChannelLanes.zero
  var e1 = ChannelLanes.zero
  var f0 = ChannelLanes.zero
  var f1 = ChannelLanes.zero

  /// - Parameters:
  ///   - second: where the second vector of the right operand lies, counted from the first.
  ///   - isPair: a literal, so that each case has a loop of its own.
  @inline(__always)
  mutating func accumulate(
    k: Int, left: LeftRows, leftStep: Int, _ right: UnsafePointer<Float>, second: Int,
    rightStep: Int = PanelProduct.width, isPair: Bool
  ) {
    var (i, r) = (0, right)
    for _ in 0..<k {
      let x = load(r, ChannelLanes.scalarCount)
      let y = isPair ? load(r + second, ChannelLanes.scalarCount) : x
      @inline(__always)
      func add(_ p: UnsafePointer<Float>, _ a: inout ChannelLanes, _ b: inout ChannelLanes) {
        let v = ChannelLanes(repeating: p[i])
        a = a.addingProduct(v, x)
        if isPair { b = b.addingProduct(v, y) }
      }
      add(left.p0, &a0, &a1)
      add(left.p1, &b0, &b1)
      add(left.p2, &c0, &c1)
      add(left.p3, &d0, &d1)
      add(left.p4, &e0, &e1)
      add(left.p5, &f0, &f1)
      i &+= leftStep
      r += rightStep
    }
  }

  @inline(__always)
  func store(_ p: UnsafeMutablePointer<Float>, _ step: Int, rows: Int, _ columns: Columns) {
    @inline(__always)
    func row(_ i: Int, _ x: ChannelLanes, _ y: ChannelLanes) {
      let (n, p) = (ChannelLanes.scalarCount, p + i &* step)
      let last = columns.isPair ? y : x
      if columns.isPair { Tensors.store(x, p, n) }
      let end = columns.isPair ? p + n : p
      if columns.isWhole { Tensors.store(last, end, n) } else { Tensors.store(last, end, 8) }
    }
    row(0, a0, a1)
    if rows > 1 { row(1, b0, b1) }
    if rows > 2 { row(2, c0, c1) }
    if rows > 3 { row(3, d0, d1) }
    if rows > 4 { row(4, e0, e1) }
    if rows > 5 { row(5, f0, f1) }
  }

  /// Adds what is stored onto the tile.
  @inline(__always)
  mutating func add(_ p: UnsafePointer<Float>, _ step: Int, rows: Int, _ columns: Columns) {
    @inline(__always)
    func row(_ i: Int, _ x: inout ChannelLanes, _ y: inout ChannelLanes) {
      let (n, p) = (ChannelLanes.scalarCount, p + i &* step)
      if columns.isPair {
        x += load(p, n)
        y += columns.isWhole ? load(p + n, n) : load(p + n, 8)
      } else {
        x += columns.isWhole ? load(p, n) : load(p, 8)
      }
    }
    row(0, &a0, &a1)
    if rows > 1 { row(1, &b0, &b1) }
    if rows > 2 { row(2, &c0, &c1) }
    if rows > 3 { row(3, &d0, &d1) }
    if rows > 4 { row(4, &e0, &e1) }
    if rows > 5 { row(5, &f0, &f1) }
  }
}
