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
      // One more, since pixels are read four channels at a time.
      var line = [Float](repeating: 0, count: width * 3 + 1)
      bytes.withUnsafeBufferPointer { bytes in
        line.withUnsafeMutableBufferPointer { line in
          for y in 0..<rows.count {
            blendRows(bytes, ys, y, elements: xs.inputs.scaled(by: 3), into: line)
            blendColumns(of: line, xs, into: &out, at: y * columns.count * 3)
          }
        }
      }
      filled = count
    }
    return ColorImage(height: rows.count, width: columns.count, bytes: result)
  }

  /// The weighted sum of the input rows of output row `y`, for the elements that outputs need.
  private func blendRows(
    _ bytes: UnsafeBufferPointer<UInt8>, _ ys: AxisWeights, _ y: Int, elements: Range<Int>,
    into line: UnsafeMutableBufferPointer<Float>
  ) {
    guard let line = line.baseAddress, let bytes = bytes.baseAddress else { return }
    let span = ys.start[y]..<ys.start[y + 1]
    for tap in span {
      let weight = ys.weights[tap]
      let row = bytes + (ys.first[y] + tap - span.lowerBound) * width * 3
      if tap == span.lowerBound {
        for i in elements { line[i] = weight * Float(row[i]) }
      } else {
        for i in elements { line[i] += weight * Float(row[i]) }
      }
    }
  }

  private func blendColumns(
    of line: UnsafeMutableBufferPointer<Float>, _ xs: AxisWeights,
    into out: inout UnsafeMutableBufferPointer<UInt8>, at offset: Int
  ) {
    let line = UnsafeRawBufferPointer(line)
    for x in xs.first.indices {
      // The fourth channel is the next pixel's first, and left out.
      var sum = SIMD4<Float>(repeating: 0.5)
      var input = xs.first[x] * 3
      for tap in xs.start[x]..<xs.start[x + 1] {
        sum +=
          xs.weights[tap] * line.loadUnaligned(fromByteOffset: input * 4, as: SIMD4<Float>.self)
        input += 3
      }
      // Rounding of the weights can exceed 255 in the last bit, but never by a half.
      let pixel = wholeBytes(sum)
      for c in 0..<3 { out[offset + x * 3 + c] = pixel[c] }
    }
  }
}

/// Values in 0 ..< 256 without their fractions.
func wholeBytes(_ values: SIMD4<Float>) -> SIMD4<UInt8> {
  // From 2^23 on, a float's last bits are a whole number: the nearest, which may be the next one.
  let shift: Float = 8_388_608
  let nearest = (values + shift) - shift
  let whole = nearest.replacing(with: nearest - 1, where: nearest .> values)
  return SIMD4<UInt8>(truncatingIfNeeded: unsafeBitCast(whole + shift, to: SIMD4<UInt32>.self))
}

extension Range<Int> {
  fileprivate func scaled(by factor: Int) -> Range<Int> {
    lowerBound * factor..<upperBound * factor
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
    let count = rows.count * inputs.count
    let result = [UInt8](unsafeUninitializedCapacity: count) { out, filled in
      ids.withUnsafeBufferPointer { ids in
        var place = 0
        for y in rows {
          let row = (2 * y + 1) * height / (2 * newHeight) * width
          for x in inputs {
            out[place] = ids[row + x]
            place += 1
          }
        }
      }
      filled = count
    }
    return LabelImage(height: rows.count, width: inputs.count, ids: result)
  }
}
