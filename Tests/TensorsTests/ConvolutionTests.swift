import TestSupport
import Testing

import Tensors

/// Kernel, stride, dilation, padding, channels and extent that together reach every branch: 1x1,
/// strided, dilated, taps wholly in the padding, one-pixel maps, odd channels, many channels.
private let cases: [(geometry: ConvolutionGeometry, input: Shape)] = {
  var cases: [(ConvolutionGeometry, Shape)] = []
  for (kernel, stride, dilation) in [
    (1, 1, 1), (1, 2, 1), (3, 1, 1), (3, 2, 1), (3, 1, 2), (3, 1, 6), (3, 2, 2), (7, 2, 1),
    (5, 1, 3), (5, 2, 1), (3, 3, 1),
  ] {
    for (cin, cout) in [(1, 1), (3, 5), (8, 16), (66, 9), (24, 40)] {
      for (n, h, w) in [(1, 1, 1), (2, 5, 7), (3, 8, 4), (1, 13, 17)] {
        cases.append(
          (
            ConvolutionGeometry(
              inputChannels: cin, outputChannels: cout, kernel: kernel, stride: stride,
              dilation: dilation), Shape(n: n, h: h, w: w, c: cin)
          ))
      }
    }
  }
  return cases
}()

@Suite struct ConvolutionTests {
  @Test func forwardIsTheTextbookSum() {
    for (geometry, input) in cases {
      let x = randomTensor(input, seed: 1)
      let weights = randomTensor(geometry.weightShape, seed: 2)
      let y = convolve(x, weights, geometry, Compute())
      let expected = NaiveConvolution(geometry, input: input).forward(x, weights)
      #expect(relativeError(y.array, expected) < 5e-6, "\(geometry) on \(input)")
    }
  }

  @Test func inputGradientIsTheTextbookSum() {
    for (geometry, input) in cases {
      let dy = randomTensor(geometry.output(of: input), seed: 3)
      let weights = randomTensor(geometry.weightShape, seed: 4)
      let dx = convolutionInputGradient(dy, weights, geometry, input: input, Compute())
      let expected = NaiveConvolution(geometry, input: input).inputGradient(dy, weights)
      #expect(dx.shape == input)
      #expect(relativeError(dx.array, expected) < 5e-6, "\(geometry) on \(input)")
    }
  }

  @Test func weightGradientIsTheTextbookSumAndIsAddedOn() {
    for (geometry, input) in cases {
      let x = randomTensor(input, seed: 5)
      let dy = randomTensor(geometry.output(of: input), seed: 6)
      let gradient = Tensor(geometry.weightShape, filledWith: 0.5)
      accumulateConvolutionWeightGradient(x, dy, geometry, onto: gradient, Compute())
      let expected = NaiveConvolution(geometry, input: input).weightGradient(x, dy)
      #expect(
        relativeError(gradient.array, expected.map { $0 + 0.5 }) < 5e-6, "\(geometry) on \(input)")
    }
  }

  @Test(arguments: [(1, 1, 300), (3, 1, 24), (3, 2, 300), (7, 2, 3)])
  func withoutImagesThereIsNothingToAdd(kernel: Int, stride: Int, channels: Int) {
    let geometry = ConvolutionGeometry(
      inputChannels: channels, outputChannels: channels, kernel: kernel, stride: stride)
    let input = Shape(n: 0, h: 9, w: 11, c: channels)
    let compute = Compute(threads: 2)
    let (x, weights) = (Tensor(input), randomTensor(geometry.weightShape, seed: 2))
    let dy = Tensor(geometry.output(of: input))
    #expect(convolve(x, weights, geometry, compute).count == 0)
    #expect(convolutionInputGradient(dy, weights, geometry, input: input, compute).count == 0)
    let gradient = Tensor(geometry.weightShape, filledWith: 0.5)
    accumulateConvolutionWeightGradient(x, dy, geometry, onto: gradient, compute)
    #expect(gradient.array.allSatisfy { $0 == 0.5 })
  }

  /// Both algorithms on extents that are no multiple of a tile, of tiles of three and of four outputs
  /// along each axis and in both orders of work, one image and several, dilated until a tile covers
  /// a single pixel.
  @Test(arguments: [ConvolutionAlgorithm.indirect, .winograd])
  func everyAlgorithmIsTheTextbookSum(algorithm: ConvolutionAlgorithm) {
    for (cin, cout) in [(8, 8), (16, 24), (264, 8), (12, 20), (20, 16)] {
      for dilation in [1, 2, 3, 7] {
        for (n, h, w) in [
          (1, 1, 1), (2, 3, 4), (1, 8, 6), (1, 9, 6), (3, 13, 10), (1, 41, 67), (11, 9, 9),
        ] {
          guard cin == 8 || n * h * w < 500 else { continue }
          for padding in [dilation, 0] where min(h, w) > 2 * (dilation - padding) {
            let geometry = ConvolutionGeometry(
              inputChannels: cin, outputChannels: cout, kernel: 3, dilation: dilation,
              padding: padding)
            let input = Shape(n: n, h: h, w: w, c: cin)
            let naive = NaiveConvolution(geometry, input: input)
            let compute = Compute(threads: 2)
            let x = randomTensor(input, seed: 1)
            let weights = randomTensor(geometry.weightShape, seed: 2)
            let dy = randomTensor(geometry.output(of: input), seed: 3)
            let y = convolve(x, weights, geometry, compute, algorithm)
            #expect(relativeError(y.array, naive.forward(x, weights)) < 5e-6, "\(naive)")
            let dx = convolutionInputGradient(
              dy, weights, geometry, input: input, compute, algorithm)
            #expect(relativeError(dx.array, naive.inputGradient(dy, weights)) < 5e-6, "\(naive)")
            let gradient = Tensor(geometry.weightShape, filledWith: 0.5)
            accumulateConvolutionWeightGradient(
              x, dy, geometry, onto: gradient, compute, algorithm)
            let expected = naive.weightGradient(x, dy).map { $0 + 0.5 }
            #expect(relativeError(gradient.array, expected) < 5e-6, "\(naive)")
          }
        }
      }
    }
  }

  /// Products in panels and of BLAS, of pixels that are no multiple of a tile or a block.
  @Test(arguments: [(80, 72), (72, 81), (264, 256), (520, 512)])
  func pointwiseConvolutionsAreTheTextbookSum(cin: Int, cout: Int) {
    let geometry = ConvolutionGeometry(inputChannels: cin, outputChannels: cout, kernel: 1)
    for (n, h, w) in [(1, 1, 1), (2, 5, 7), (3, 11, 9)] {
      let input = Shape(n: n, h: h, w: w, c: cin)
      let naive = NaiveConvolution(geometry, input: input)
      let compute = Compute(threads: 2)
      let x = randomTensor(input, seed: 1)
      let weights = randomTensor(geometry.weightShape, seed: 2)
      let dy = randomTensor(geometry.output(of: input), seed: 3)
      let y = convolve(x, weights, geometry, compute)
      #expect(relativeError(y.array, naive.forward(x, weights)) < 5e-6, "\(naive)")
      let dx = convolutionInputGradient(dy, weights, geometry, input: input, compute)
      #expect(relativeError(dx.array, naive.inputGradient(dy, weights)) < 5e-6, "\(naive)")
      let gradient = Tensor(geometry.weightShape, filledWith: 0.5)
      accumulateConvolutionWeightGradient(x, dy, geometry, onto: gradient, compute)
      let expected = naive.weightGradient(x, dy).map { $0 + 0.5 }
      #expect(relativeError(gradient.array, expected) < 5e-6, "\(naive)")
    }
  }

  /// A rule that never, or always, chose one of them would go unnoticed otherwise.
  @Test func theRuleChoosesByExtentAndDilation() {
    func choice(_ h: Int, _ w: Int, channels: Int, dilation: Int, stride: Int = 1)
      -> ConvolutionAlgorithm
    {
      let geometry = ConvolutionGeometry(
        inputChannels: channels, outputChannels: channels, kernel: 3, stride: stride,
        dilation: dilation)
      return .fastest(geometry, input: Shape(n: 2, h: h, w: w, c: channels))
    }
    #expect(choice(24, 48, channels: 256, dilation: 1) == .winograd)
    #expect(choice(24, 48, channels: 256, dilation: 6) == .winograd)
    #expect(choice(24, 48, channels: 256, dilation: 18) == .indirect)
    #expect(choice(24, 48, channels: 4, dilation: 1) == .indirect)
    #expect(choice(24, 48, channels: 38, dilation: 1) == .winograd)
    #expect(choice(24, 48, channels: 256, dilation: 1, stride: 2) == .indirect)
  }

  /// More pixels than one block, so that blocks and threads matter.
  @Test func bitsDoNotDependOnThreads() {
    let cases = [
      (1, 1, 1, 20), (3, 1, 1, 20), (3, 2, 1, 20), (3, 1, 4, 20), (3, 1, 1, 16), (7, 2, 1, 3),
    ]
    for (kernel, stride, dilation, channels) in cases {
      let input = Shape(n: 3, h: 31, w: 37, c: channels)
      let geometry = ConvolutionGeometry(
        inputChannels: channels, outputChannels: 24, kernel: kernel, stride: stride,
        dilation: dilation)
      let x = randomTensor(input, seed: 7)
      let weights = randomTensor(geometry.weightShape, seed: 8)
      let dy = randomTensor(geometry.output(of: input), seed: 9)
      let results = [1, 2, 3].map { threads in
        let compute = Compute(threads: threads)
        let gradient = Tensor(geometry.weightShape)
        accumulateConvolutionWeightGradient(x, dy, geometry, onto: gradient, compute)
        return [
          convolve(x, weights, geometry, compute).array,
          convolutionInputGradient(dy, weights, geometry, input: input, compute).array,
          gradient.array,
        ]
      }
      #expect(results[0] == results[1] && results[0] == results[2])
    }
  }

  @Test func tapsInThePaddingAreSkipped() {
    let geometry = ConvolutionGeometry(
      inputChannels: 1, outputChannels: 1, kernel: 3, dilation: 18)
    let small = Shape(n: 1, h: 6, w: 24, c: 1)
    let taps = geometry.liveTaps(input: small, output: geometry.output(of: small))
    #expect(taps.map(\.index) == [3, 4, 5])
  }
}
