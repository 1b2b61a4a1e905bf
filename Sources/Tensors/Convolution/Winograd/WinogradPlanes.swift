/// Matrices [rows, columns], one per frequency.
struct WinogradPlanes {
  let base: UnsafeMutablePointer<Float>
  let rows: Int
  let columns: Int
  /// Columns stored next to each other: `columns` for a matrix by rows, else those of a panel.
  let panel: Int
  /// Distance from one matrix to the next: not a multiple of a page, or all would share the same
  /// cache sets.
  let stride: Int

  static func stride(rows: Int, columns: Int, panel: Int) -> Int {
    (columns + panel - 1) / panel * panel * rows + 16
  }

  /// - Parameter stride: the stride of the matrices that these are a part of.
  init(
    _ base: UnsafeMutablePointer<Float>, rows: Int, columns: Int, panel: Int, stride: Int? = nil
  ) {
    (self.base, self.rows, self.columns, self.panel) = (base, rows, columns, panel)
    self.stride = stride ?? Self.stride(rows: rows, columns: columns, panel: panel)
  }

  func plane(_ k: Int) -> UnsafeMutablePointer<Float> { base + k * stride }

  /// Eight columns of a row of the first matrix; `column` is a multiple of 8, and so is `panel`.
  @inline(__always)
  func address(_ row: Int, _ column: Int) -> UnsafeMutablePointer<Float> {
    let first = column / panel * panel
    return base + first * rows + row * panel + column - first
  }
}
