import Datasets
import Testing

@Suite struct ResizeTests {
  private func gray(_ values: [UInt8], _ height: Int, _ width: Int) -> ColorImage {
    ColorImage(height: height, width: width, bytes: values.flatMap { [$0, 255 - $0, $0 / 2] })
  }

  private func red(_ image: ColorImage) -> [UInt8] {
    stride(from: 0, to: image.bytes.count, by: 3).map { image.bytes[$0] }
  }

  @Test func sameSizeIsTheSameImage() {
    let image = Layouts.image(3, height: 5, width: 7)
    #expect(image.resized(height: 5, width: 7) == image)
  }

  @Test func shrinkingByTwoAveragesFour() {
    let image = gray([0, 10, 100, 200, 20, 30, 100, 201], 2, 4)
    let half = image.resized(height: 1, width: 2)
    // (0 + 10 + 20 + 30) / 4 = 15; (100 + 200 + 100 + 201) / 4 = 150.25; complements likewise.
    #expect(half.bytes == [15, 240, 8, 150, 105, 75])
  }

  @Test func shrinkingWeighsBordersByTheirShare() {
    // Three outputs of 5/3 pixels: [a + 2/3 b], [1/3 b + c + 1/3 d], [2/3 d + e], each times 3/5.
    let image = gray([10, 40, 100, 160, 250], 1, 5)
    #expect(red(image.resized(height: 1, width: 3)) == [22, 100, 214])
  }

  @Test func aThinPoleSurvivesStrongShrinking() {
    var values = [UInt8](repeating: 200, count: 64)
    values[37] = 40
    // One dark pixel of 16: 200 - 160 / 16 = 190, wherever it stands.
    #expect(red(gray(values, 1, 64).resized(height: 1, width: 4)) == [200, 200, 190, 200])
  }

  @Test func enlargingInterpolatesBetweenCentres() {
    // Centres fall at -0.25 (clamped to 0), 0.25, 0.75, 1.25 (clamped to 1).
    #expect(red(gray([0, 100], 1, 2).resized(height: 1, width: 4)) == [0, 25, 75, 100])
    #expect(red(gray([0, 100], 2, 1).resized(height: 4, width: 1)) == [0, 25, 75, 100])
    // Both axes: 0.75 * 0.25 * 40 + 0.25 * 0.75 * 80 + 0.25 * 0.25 * 160 = 32.5, rounded up.
    #expect(red(gray([0, 40, 80, 160], 2, 2).resized(height: 4, width: 4))[5] == 33)
  }

  /// Bit by bit what one pixel after the other gives, in the same order of additions.
  @Test(arguments: [
    (20, 22, 9, 13), (20, 22, 31, 40), (7, 5, 7, 15), (1, 1, 3, 2), (33, 48, 8, 16),
  ])
  func isTheNaiveSum(height: Int, width: Int, newHeight: Int, newWidth: Int) {
    let bytes = (0..<height * width * 3).map { UInt8(truncatingIfNeeded: $0 &* 7919 >> 3) }
    let image = ColorImage(height: height, width: width, bytes: bytes)
    let result = image.resized(height: newHeight, width: newWidth)
    let (ys, xs) = (Self.taps(height, newHeight), Self.taps(width, newWidth))
    for y in 0..<newHeight {
      for x in 0..<newWidth {
        for c in 0..<3 {
          var sum: Float = 0.5
          for (column, weight) in xs[x] {
            var line: Float = 0
            for (tap, (row, weight)) in ys[y].enumerated() {
              let value = weight * Float(bytes[(row * width + column) * 3 + c])
              line = tap == 0 ? value : line + value
            }
            sum += weight * line
          }
          #expect(result.bytes[(y * newWidth + x) * 3 + c] == UInt8(sum))
        }
      }
    }
  }

  /// The inputs of each output with their weights.
  private static func taps(_ size: Int, _ newSize: Int) -> [[(Int, Float)]] {
    (0..<newSize).map { i in
      guard newSize >= size else {
        return (0..<size).compactMap { j in
          let overlap = min((i + 1) * size, (j + 1) * newSize) - max(i * size, j * newSize)
          return overlap > 0 ? (j, Float(overlap) / Float(size)) : nil
        }
      }
      let center = (Double(i) + 0.5) * Double(size) / Double(newSize) - 0.5
      let position = min(max(center, 0), Double(size - 1))
      let low = min(Int(position), size - 1)
      let fraction = Float(position - Double(low))
      return [(low, 1 - fraction)] + (fraction > 0 ? [(low + 1, fraction)] : [])
    }
  }

  @Test("A window is a part of the whole", arguments: [(9, 13), (31, 40), (20, 22)])
  func windows(height: Int, width: Int) {
    let image = Layouts.image(7, height: 20, width: 22)
    let labels = LabelImage(height: 20, width: 22, ids: (0..<440).map { UInt8($0 % 251) })
    let (rows, columns) = (2..<7, 5..<12)
    let whole = image.resized(height: height, width: width)
    let part = image.resized(height: height, width: width, rows: rows, columns: columns)
    let wholeIds = labels.resized(height: height, width: width)
    let partIds = labels.resized(height: height, width: width, rows: rows, columns: columns)
    for (y, row) in rows.enumerated() {
      for (x, column) in columns.enumerated() {
        #expect(partIds.ids[y * 7 + x] == wholeIds.ids[row * width + column])
        for c in 0..<3 {
          #expect(
            part.bytes[(y * 7 + x) * 3 + c] == whole.bytes[(row * width + column) * 3 + c])
        }
      }
    }
  }

  @Test func labelsTakeTheNearestCentre() {
    let labels = LabelImage(height: 1, width: 5, ids: [1, 2, 3, 4, 5])
    // Centres at 0.83, 2.5, 4.17 of pixels [0, 1), [1, 2), ...
    #expect(labels.resized(height: 1, width: 3).ids == [1, 3, 5])
    #expect(
      labels.resized(height: 2, width: 10).ids == [
        1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5,
      ])
  }

  @Test func extremeBytesStayInRange() {
    let white = ColorImage(height: 61, width: 47, bytes: .init(repeating: 255, count: 61 * 47 * 3))
    for (height, width) in [(7, 3), (11, 90), (200, 46)] {
      #expect(white.resized(height: height, width: width).bytes.allSatisfy { $0 == 255 })
    }
  }
}
