import Tensors
import TestSupport
import Testing

@Suite struct ResamplingTests {
  @Test(arguments: [false, true]) func bilinearIsTheInterpolationFormula(alignCorners: Bool) {
    for (h, w, height, width) in [(1, 1, 5, 3), (2, 3, 7, 11), (4, 8, 64, 128), (5, 5, 5, 5)] {
      let x = randomTensor(Shape(n: 2, h: h, w: w, c: 3), seed: 1)
      let y = BilinearResize(alignCorners: alignCorners).forward(
        x, height: height, width: width, Compute())
      func position(_ i: Int, _ from: Int, _ to: Int) -> Double {
        alignCorners
          ? (to > 1 ? Double(i * (from - 1)) / Double(to - 1) : 0)
          : max(0, (Double(i) + 0.5) * Double(from) / Double(to) - 0.5)
      }
      var expected: [Double] = []
      for n in 0..<2 {
        for i in 0..<height {
          for j in 0..<width {
            let (r, s) = (position(i, h, height), position(j, w, width))
            let (r0, s0) = (min(h - 1, Int(r)), min(w - 1, Int(s)))
            let (r1, s1) = (min(h - 1, r0 + 1), min(w - 1, s0 + 1))
            let (a, b) = (r - Double(r0), s - Double(s0))
            for c in 0..<3 {
              expected.append(
                (1 - a) * (1 - b) * Double(x[n, r0, s0, c]) + a * (1 - b) * Double(x[n, r1, s0, c])
                  + (1 - a) * b * Double(x[n, r0, s1, c]) + a * b * Double(x[n, r1, s1, c]))
            }
          }
        }
      }
      #expect(relativeError(y.array, expected) < 1e-6)
    }
  }

  /// Of every image of a batch, in blocks of any size.
  @Test func rowsAreThoseOfTheWholeImage() {
    let compute = Compute(threads: 2)
    let x = randomTensor(Shape(n: 3, h: 5, w: 7, c: 11), seed: 1)
    let whole = BilinearResize().forward(x, height: 37, width: 23, compute)
    for rows in [0..<37, 0..<1, 36..<37, 5..<30] {
      for image in 0..<3 {
        let part = BilinearResize().rows(rows, of: image, x, height: 37, width: 23, compute)
        let start = (image * 37 + rows.lowerBound) * 23 * 11
        #expect(part.array == Array(whole.array[start..<start + rows.count * 23 * 11]))
      }
    }
  }

  @Test(arguments: [false, true]) func bilinearBackwardIsTheTranspose(alignCorners: Bool) {
    let resize = BilinearResize(alignCorners: alignCorners)
    for (h, w, height, width) in [(1, 1, 5, 3), (2, 3, 7, 11), (3, 5, 48, 80), (6, 6, 3, 3)] {
      let compute = Compute(threads: 2)
      let x = randomTensor(Shape(n: 3, h: h, w: w, c: 11), seed: 1)
      let dy = randomTensor(Shape(n: 3, h: height, w: width, c: 11), seed: 2)
      let forward = dot(resize.forward(x, height: height, width: width, compute), dy)
      let backward = dot(x, resize.backward(dy, input: x.shape, compute))
      #expect(abs(forward - backward) < 1e-4 * (1 + abs(forward)))
    }
  }

  @Test func maxPoolingTakesTheLargestOfEachWindowAndReturnsItsGradient() {
    for (h, w) in [(1, 1), (5, 7), (8, 6)] {
      let x = randomTensor(Shape(n: 2, h: h, w: w, c: 9), seed: 3)
      let (y, choices) = MaxPooling.forward(x, wantsChoices: true, Compute(threads: 2))
      let dy = randomTensor(y.shape, seed: 4)
      var (expected, gradient) = ([Double](), [Double](repeating: 0, count: x.count))
      for n in 0..<2 {
        for oy in 0..<y.shape.h {
          for ox in 0..<y.shape.w {
            for c in 0..<9 {
              var (best, index) = (-Float.infinity, 0)
              for iy in max(0, 2 * oy - 1)...min(h - 1, 2 * oy + 1) {
                for ix in max(0, 2 * ox - 1)...min(w - 1, 2 * ox + 1) where x[n, iy, ix, c] > best {
                  (best, index) = (x[n, iy, ix, c], ((n * h + iy) * w + ix) * 9 + c)
                }
              }
              expected.append(Double(best))
              gradient[index] += Double(dy[n, oy, ox, c])
            }
          }
        }
      }
      #expect(relativeError(y.array, expected) == 0)
      let dx = MaxPooling.backward(dy, choices!, input: x.shape, Compute(threads: 2))
      #expect(relativeError(dx.array, gradient) < 1e-6)
    }
  }

  @Test func maxPoolingGivesTheGradientOfATieToTheFirst() {
    let x = Tensor(Shape(n: 1, h: 2, w: 2, c: 1), filledWith: 1)
    let (y, choices) = MaxPooling.forward(x, wantsChoices: true, Compute())
    let dx = MaxPooling.backward(
      Tensor(y.shape, filledWith: 3), choices!, input: x.shape, Compute())
    #expect(dx.array == [3, 0, 0, 0])
  }

  @Test func averageAndBroadcastAreTransposes() {
    let shape = Shape(n: 2, h: 3, w: 5, c: 9)
    let x = randomTensor(shape, seed: 5)
    let v = randomTensor(Shape(n: 2, h: 1, w: 1, c: 9), seed: 6)
    let compute = Compute()
    let mean = globalAveragePool(x, compute)
    #expect(
      abs(dot(mean, v) - dot(x, broadcastOverPixels(v, to: shape, factor: 1 / 15, compute))) < 1e-5)
    #expect(
      abs(dot(sumOverPixels(x, compute), v) - dot(x, broadcastOverPixels(v, to: shape, compute)))
        < 1e-4)
    let first = stride(from: 0, to: 15 * 9, by: 9).reduce(0.0) { $0 + Double(x.base[$1]) } / 15
    #expect(abs(Double(mean.base[0]) - first) < 1e-6)
  }

  @Test func splittingUndoesConcatenation() {
    let parts = [3, 8, 1].enumerated().map {
      randomTensor(Shape(n: 2, h: 3, w: 4, c: $1), seed: UInt64($0))
    }
    let joined = concatenateChannels(parts, Compute())
    #expect(joined[1, 2, 3, 3] == parts[1][1, 2, 3, 0])
    let again = splitChannels(joined, into: [3, 8, 1], Compute())
    #expect(again.map(\.array) == parts.map(\.array))
  }
}
