import Tensors

/// Convolution, batch normalisation (Ioffe and Szegedy 2015), optionally a residual sum, and
/// optionally ReLU: what ResNet and DeepLab are built of.
package struct ConvolutionUnit: Layer {
  package struct Saved {
    let x: Tensor
    let convolved: Tensor
    let moments: BatchMoments
    let output: Tensor
  }

  package let geometry: ConvolutionGeometry
  package let weight: Parameter
  package let scale: Parameter
  package let shift: Parameter
  package let runningMean: StateArray
  package let runningVariance: StateArray
  package let relu: Bool
  /// The network's first layer: nobody asks for the gradient of the image.
  package let isFirst: Bool

  static let epsilon: Float = 1e-5
  static let momentum: Float = 0.1

  /// - Parameters:
  ///   - convolution, normalization: torchvision's prefixes, such as `layer1.0.conv1`.
  package init(
    convolution: String, normalization: String, _ geometry: ConvolutionGeometry,
    relu: Bool, isFirst: Bool = false, initialization: HeInitialization,
    _ random: inout RandomSource
  ) {
    self.geometry = geometry
    self.relu = relu
    self.isFirst = isFirst
    let channels = Shape(n: 1, h: 1, w: 1, c: geometry.outputChannels)
    weight = Parameter(convolution + ".weight", geometry.weightShape)
    scale = Parameter(normalization + ".weight", channels, filledWith: 1)
    shift = Parameter(normalization + ".bias", channels)
    runningMean = StateArray(
      normalization + ".running_mean", channels: geometry.outputChannels, filledWith: 0)
    runningVariance = StateArray(
      normalization + ".running_var", channels: geometry.outputChannels, filledWith: 1)
    initialization.fill(weight.value, geometry, &random)
  }

  package var parameters: [Parameter] { [weight, scale, shift] }
  package var state: [StateArray] { [runningMean, runningVariance] }

  package func forward(
    _ x: Tensor, _ context: inout PassContext
  ) -> (output: Tensor, saved: Saved) {
    forward(x, residual: nil, &context)
  }

  /// - Parameter residual: added before the ReLU; of the output's shape.
  package func forward(
    _ x: Tensor, residual: Tensor?, _ context: inout PassContext
  ) -> (output: Tensor, saved: Saved) {
    let compute = context.compute
    let convolved = convolve(x, weight.value, geometry, compute)
    let moments: BatchMoments
    if context.training {
      moments = batchMoments(convolved, compute)
      updateRunningStatistics(moments)
    } else {
      moments = BatchMoments(mean: runningMean.value, variance: runningVariance.value, count: 0)
    }
    let output = normalize(
      convolved, mean: moments.mean, variance: moments.variance, scale: scale.value,
      shift: shift.value, epsilon: Self.epsilon, residual: residual, relu: relu, compute)
    return (output, Saved(x: x, convolved: convolved, moments: moments, output: output))
  }

  package func backward(_ dy: Tensor, _ saved: Saved, _ compute: Compute) -> Tensor {
    backward(dy, saved, wantsResidual: false, compute).input
  }

  /// Also the gradient of the residual, where there was one.
  package func backward(
    _ dy: Tensor, _ saved: Saved, wantsResidual: Bool, _ compute: Compute
  ) -> (input: Tensor, residual: Tensor?) {
    let (d, residual) = normalizeBackward(
      dy, x: saved.convolved, y: saved.output, moments: saved.moments, scale: scale.value,
      epsilon: Self.epsilon, relu: relu, scaleGradient: scale.gradient,
      shiftGradient: shift.gradient, wantsResidual: wantsResidual, compute)
    accumulateConvolutionWeightGradient(saved.x, d, geometry, onto: weight.gradient, compute)
    if isFirst { return (compute.empty(Shape(n: 0, h: 0, w: 0, c: 0)), residual) }
    let dx = convolutionInputGradient(d, weight.value, geometry, input: saved.x.shape, compute)
    return (dx, residual)
  }

  /// Exponential moving average; the running variance is the unbiased one, as in every framework.
  private func updateRunningStatistics(_ moments: BatchMoments) {
    let unbias = Float(moments.count) / Float(max(1, moments.count - 1))
    let (mean, variance) = (runningMean.value.base, runningVariance.value.base)
    for i in 0..<geometry.outputChannels {
      mean[i] += Self.momentum * (moments.mean.base[i] - mean[i])
      variance[i] += Self.momentum * (moments.variance.base[i] * unbias - variance[i])
    }
  }
}
