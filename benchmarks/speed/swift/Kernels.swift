import Models
import Tensors

// The calls of all kernels that are measured one by one.

/// An activation that the layer before, or behind, has just written when a kernel reads it. What a
/// kernel reads besides it, such as weights and activations saved for the backward pass, was last
/// used long ago, and so it is here.
final class Fresh {
  let tensor: Tensor
  private let source: Tensor
  private let compute: Compute

  init(_ shape: Shape, seed: UInt64, _ compute: Compute) {
    self.compute = compute
    tensor = noise(shape, seed: seed)
    source = noise(shape, seed: seed)
  }

  func write() { copyOnAllThreads(from: source, to: tensor, block: elementBlock, compute) }
}

private func copyOnAllThreads(from: Tensor, to: Tensor, block: Int, _ compute: Compute) {
  compute.parallelBlocks(to.count, block: block) { _, range in
    (to.base + range.lowerBound).update(from: from.base + range.lowerBound, count: range.count)
  }
}

/// The three passes of a convolution.
struct ConvolutionWork {
  let layer: NetworkLayer
  let forward: Work
  let weightGradient: Work
  let inputGradient: Work

  init(_ layer: NetworkLayer, _ compute: Compute) {
    self.layer = layer
    let x = Fresh(layer.input, seed: 1, compute)
    let dy = Fresh(layer.output, seed: 2, compute)
    let weights = noise(layer.geometry.weightShape, seed: 3)
    let gradient = Tensor(layer.geometry.weightShape)
    forward = Work(after: x.write) { _ = convolve(x.tensor, weights, layer.geometry, compute) }
    weightGradient = Work(after: dy.write) {
      accumulateConvolutionWeightGradient(
        x.tensor, dy.tensor, layer.geometry, onto: gradient, compute)
    }
    inputGradient = Work(after: dy.write) {
      _ = convolutionInputGradient(
        dy.tensor, weights, layer.geometry, input: layer.input, compute)
    }
  }
}

/// Something with a forward and a backward pass.
struct LayerWork {
  let forward: Work
  let backward: Work

  /// Batch normalization in training, with ReLU, and with the residual sum where `residual`.
  static func normalization(_ shape: Shape, residual: Bool, _ compute: Compute) -> LayerWork {
    let (x, dy) = (Fresh(shape, seed: 1, compute), Fresh(shape, seed: 2, compute))
    let extra = residual ? noise(shape, seed: 3) : nil
    let vector = Shape(n: 1, h: 1, w: 1, c: shape.c)
    let (scale, shift) = (Tensor(vector, filledWith: 1), Tensor(vector))
    let (scaleGradient, shiftGradient) = (Tensor(vector), Tensor(vector))
    let added: Normalizer.Residual = extra.map { .tensor($0) } ?? .none
    func normalized() -> Normalizer {
      let moments = batchMoments(x.tensor, compute)
      let normalizer = Normalizer(
        mean: moments.mean, variance: moments.variance, scale: scale, shift: shift, epsilon: 1e-5,
        relu: true, compute)
      _ = normalizer.output(of: x.tensor, residual: added, compute)
      return normalizer
    }
    let normalizer = normalized()
    return LayerWork(
      forward: Work(after: x.write) { _ = normalized() },
      backward: Work(after: dy.write) {
        _ = normalizer.backward(
          dy.tensor, x: x.tensor, residual: added, scaleGradient: scaleGradient,
          shiftGradient: shiftGradient, compute)
      })
  }

  /// Upsampling from the network's last map to full resolution.
  static func resize(_ small: Shape, to full: Shape, _ compute: Compute) -> LayerWork {
    let (x, dy) = (Fresh(small, seed: 1, compute), Fresh(full, seed: 2, compute))
    let resize = BilinearResize()
    return LayerWork(
      forward: Work(after: x.write) {
        _ = resize.forward(x.tensor, height: full.h, width: full.w, compute)
      },
      backward: Work(after: dy.write) { _ = resize.backward(dy.tensor, input: small, compute) })
  }

  /// The max pooling after the stem.
  static func pooling(_ input: Shape, _ compute: Compute) -> LayerWork {
    let x = Fresh(input, seed: 1, compute)
    let (y, choices) = MaxPooling.forward(x.tensor, wantsChoices: true, compute)
    let dy = Fresh(y.shape, seed: 2, compute)
    return LayerWork(
      forward: Work(after: x.write) {
        _ = MaxPooling.forward(x.tensor, wantsChoices: true, compute)
      },
      backward: Work(after: dy.write) {
        if let choices { _ = MaxPooling.backward(dy.tensor, choices, input: input, compute) }
      })
  }
}

/// An optimizer step over all parameters of a network. Gradients are shared by parameters of one
/// shape: in training each is used as soon as it is known, while the caches still hold it.
func adamWork(_ parameters: [Parameter], _ compute: Compute) -> Work {
  let adam = Adam(parameters, learningRate: 0)
  let gradients = Dictionary(parameters.map { ($0.value.shape, Tensor($0.value.shape)) }) { a, _ in
    a
  }
  return Work {
    let update = adam.nextStep()
    for parameter in parameters {
      if let gradient = gradients[parameter.value.shape] {
        update.apply(gradient, to: parameter, compute)
      }
    }
  }
}

/// What a matrix product and a copy reach on all threads; these bound everything else.
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

  func copy() { copyOnAllThreads(from: from, to: to, block: 1 << 20, compute) }
}

/// Uniform in (-1, 1).
func noise(_ shape: Shape, seed: UInt64) -> Tensor {
  let tensor = Tensor(shape)
  var random = RandomSource(seed: seed)
  for i in 0..<tensor.count { tensor.base[i] = Float(2 * random.uniform() - 1) }
  return tensor
}
