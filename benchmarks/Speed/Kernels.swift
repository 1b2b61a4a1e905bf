import Models
import Tensors

// The calls of the kernels that are measured one by one, in one place.

/// A convolution with everything its passes need.
final class ConvolutionWork {
  let layer: NetworkLayer
  private let compute: Compute
  private let x: Tensor
  private let dy: Tensor
  private let weights: Tensor
  private let gradient: Tensor

  init(_ layer: NetworkLayer, _ compute: Compute) {
    (self.layer, self.compute) = (layer, compute)
    x = noise(layer.input, seed: 1)
    dy = noise(layer.output, seed: 2)
    weights = noise(layer.geometry.weightShape, seed: 3)
    gradient = Tensor(layer.geometry.weightShape)
  }

  func forward() { _ = convolve(x, weights, layer.geometry, compute) }

  func inputGradient() {
    _ = convolutionInputGradient(dy, weights, layer.geometry, input: layer.input, compute)
  }

  func weightGradient() {
    accumulateConvolutionWeightGradient(x, dy, layer.geometry, onto: gradient, compute)
  }
}

/// Batch normalisation in training, with ReLU, and with the residual sum where it ends a block.
final class NormalizationWork {
  private let compute: Compute
  private let x: Tensor
  private let residual: Tensor?
  private let dy: Tensor
  private let y: Tensor
  private let moments: BatchMoments
  private let channels: [Tensor]

  init(_ shape: Shape, residual hasResidual: Bool, _ compute: Compute) {
    self.compute = compute
    x = noise(shape, seed: 1)
    residual = hasResidual ? noise(shape, seed: 2) : nil
    dy = noise(shape, seed: 3)
    let vector = Shape(n: 1, h: 1, w: 1, c: shape.c)
    channels = [1, 0, 0, 0].map { Tensor(vector, filledWith: $0) }
    moments = batchMoments(x, compute)
    y = normalize(
      x, mean: moments.mean, variance: moments.variance, scale: channels[0], shift: channels[1],
      epsilon: 1e-5, residual: residual, relu: true, compute)
  }

  func forward() {
    let moments = batchMoments(x, compute)
    _ = normalize(
      x, mean: moments.mean, variance: moments.variance, scale: channels[0], shift: channels[1],
      epsilon: 1e-5, residual: residual, relu: true, compute)
  }

  func backward() {
    _ = normalizeBackward(
      dy, x: x, y: y, moments: moments, scale: channels[0], epsilon: 1e-5, relu: true,
      scaleGradient: channels[2], shiftGradient: channels[3], wantsResidual: residual != nil,
      compute)
  }
}

/// Upsampling from output stride 16 to full resolution.
final class ResizeWork {
  private let compute: Compute
  private let x: Tensor
  private let dy: Tensor
  private let resize = BilinearResize()

  init(_ full: Shape, _ compute: Compute) {
    self.compute = compute
    x = noise(Shape(n: full.n, h: (full.h + 15) / 16, w: (full.w + 15) / 16, c: full.c), seed: 1)
    dy = noise(full, seed: 2)
  }

  func forward() { _ = resize.forward(x, height: dy.shape.h, width: dy.shape.w, compute) }
  func backward() { _ = resize.backward(dy, input: x.shape, compute) }
}

/// The max pooling behind the stem.
final class PoolingWork {
  private let compute: Compute
  private let x: Tensor
  private let y: Tensor
  private let dy: Tensor

  init(_ input: Shape, _ compute: Compute) {
    self.compute = compute
    x = noise(input, seed: 1)
    y = MaxPooling.forward(x, compute)
    dy = noise(y.shape, seed: 2)
  }

  func forward() { _ = MaxPooling.forward(x, compute) }
  func backward() { _ = MaxPooling.backward(dy, x: x, y: y, compute) }
}

/// What a matrix product and a copy reach on all threads: the bounds of everything else.
final class PeakWork {
  static let size = 2048
  static let operations = 2 * Double(size * size * size)
  /// Read once, written once.
  static let copiedBytes = Double(2 * 4 * copied)
  private static let copied = 1 << 25
  private let compute: Compute
  private let a = noise(Shape(n: 1, h: 1, w: size, c: size), seed: 1)
  private let b = noise(Shape(n: 1, h: 1, w: size, c: size), seed: 2)
  private let c = Tensor(Shape(n: 1, h: 1, w: size, c: size))
  private let from = Tensor(Shape(n: 1, h: 1, w: 1, c: copied))
  private let to = Tensor(Shape(n: 1, h: 1, w: 1, c: copied))

  init(_ compute: Compute) { self.compute = compute }

  /// One product of `size`, rows divided among the threads, each part single-threaded.
  func product() {
    let n = Self.size
    compute.parallelBlocks(n, block: (n + compute.threads - 1) / compute.threads) { _, rows in
      gemm(
        m: rows.count, n: n, k: n, a.base + rows.lowerBound * n, lda: n, b.base, ldb: n,
        c.base + rows.lowerBound * n, ldc: n)
    }
  }

  func copy() {
    compute.parallelBlocks(Self.copied, block: 1 << 20) { _, range in
      (to.base + range.lowerBound).update(from: from.base + range.lowerBound, count: range.count)
    }
  }
}

/// Uniform in (-1, 1).
func noise(_ shape: Shape, seed: UInt64) -> Tensor {
  let tensor = Tensor(shape)
  var random = RandomSource(seed: seed)
  for i in 0..<tensor.count { tensor.base[i] = Float(2 * random.uniform() - 1) }
  return tensor
}
