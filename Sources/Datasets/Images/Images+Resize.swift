extension ColorImage {
  /// The image at another size: bilinear where it grows, area averages where it shrinks.
  /// - Parameters:
  ///   - rows: the rows of the result to compute; nil: all.
  ///   - columns: the columns of the result to compute; nil: all.
  package func resized(
    height newHeight: Int, width newWidth: Int, rows: Range<Int>? = nil, columns: Range<Int>? = nil
  ) -> ColorImage {
    let (rows, columns) = (rows ?? 0..<newHeight, columns ?? 0..<newWidth)
    precondition(rows.lowerBound >= 0 && rows.upperBound <= newHeight)
    precondition(columns.lowerBound >= 0 && columns.upperBound <= newWidth)
    if newHeight == height, newWidth == width, rows.count == height, columns.count == width {
      return self
    }
    let ys = AxisWeights(from: height, to: newHeight, window: rows)
    let xs = AxisWeights(from: width, to: newWidth, window: columns)
    let count = rows.count * columns.count * 3
    let result = [UInt8](unsafeUninitializedCapacity: count) { out, filled in
      var line = [Float](repeating: 0, count: width * 3)
      for y in 0..<rows.count {
        blendRows(ys, y, into: &line)
        blendColumns(of: line, xs, into: &out, at: y * columns.count * 3)
      }
      filled = count
    }
    return ColorImage(height: rows.count, width: columns.count, bytes: result)
  }

  /// The weighted sum of the input rows of output row `y`.
  private func blendRows(_ ys: AxisWeights, _ y: Int, into line: inout [Float]) {
    let span = ys.start[y]..<ys.start[y + 1]
    let elements = width * 3
    bytes.withUnsafeBufferPointer { bytes in
      line.withUnsafeMutableBufferPointer { line in
        for tap in span {
          let weight = ys.weights[tap]
          let row = bytes.baseAddress! + (ys.first[y] + tap - span.lowerBound) * elements
          if tap == span.lowerBound {
            for i in 0..<elements { line[i] = weight * Float(row[i]) }
          } else {
            for i in 0..<elements { line[i] += weight * Float(row[i]) }
          }
        }
      }
    }
  }

  private func blendColumns(
    of line: [Float], _ xs: AxisWeights, into out: inout UnsafeMutableBufferPointer<UInt8>,
    at offset: Int
  ) {
    for x in xs.first.indices {
      var sum = SIMD3<Float>(repeating: 0.5)
      var input = xs.first[x] * 3
      for tap in xs.start[x]..<xs.start[x + 1] {
        sum += xs.weights[tap] * SIMD3(line[input], line[input + 1], line[input + 2])
        input += 3
      }
      // Rounding of the weights can exceed 255 in the last bit, but never by a half.
      for c in 0..<3 { out[offset + x * 3 + c] = UInt8(sum[c]) }
    }
  }
}

extension LabelImage {
  /// The labels at another size, by nearest neighbor, since ids cannot be averaged.
  /// - Parameters:
  ///   - rows: the rows of the result to compute; nil: all.
  ///   - columns: the columns of the result to compute; nil: all.
  package func resized(
    height newHeight: Int, width newWidth: Int, rows: Range<Int>? = nil, columns: Range<Int>? = nil
  ) -> LabelImage {
    let (rows, columns) = (rows ?? 0..<newHeight, columns ?? 0..<newWidth)
    // (i + 1/2) size / newSize, rounded down, in integers.
    let inputs = columns.map { (2 * $0 + 1) * width / (2 * newWidth) }
    var result: [UInt8] = []
    result.reserveCapacity(rows.count * inputs.count)
    for y in rows {
      let row = (2 * y + 1) * height / (2 * newHeight) * width
      for x in inputs { result.append(ids[row + x]) }
    }
    return LabelImage(height: rows.count, width: inputs.count, ids: result)
  }
}
