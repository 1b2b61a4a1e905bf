import Tensors

/// Convolution, batch normalization (Ioffe and Szegedy 2015), optionally a residual sum, and
/// optionally ReLU: what ResNet and DeepLab are built of.
package struct ConvolutionUnit: Layer {
  package struct Saved {
    let input: Tensor
    let activation: Activation
  }

  package let geometry: ConvolutionGeometry
  package let weight: Parameter
  package let scale: Parameter
  package let shift: Parameter
  package let runningMean: Buffer
  package let runningVariance: Buffer
  package let relu: Bool
  /// Whether this is the network's first layer, which does not compute the gradient of the image.
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
    runningMean = Buffer(
      normalization + ".running_mean", channels: geometry.outputChannels, filledWith: 0)
    runningVariance = Buffer(
      normalization + ".running_var", channels: geometry.outputChannels, filledWith: 1)
    initialization.fill(weight.value, geometry, &random)
  }

  package var parameters: [Parameter] { [weight, scale, shift] }
  package var buffers: [Buffer] { [runningMean, runningVariance] }

  package func forward(
    _ x: Tensor, _ context: inout PassContext
  ) -> (output: Tensor, saved: Saved?) {
    let (output, activation) = apply(x, &context)
    return (output, activation.map { Saved(input: x, activation: $0) })
  }

  /// `forward` for a layer that keeps the input itself or can recompute it.
  ///
  /// - Parameters:
  ///   - residual: added before the ReLU; of the output's shape.
  ///   - dropout: applied to the output.
  /// - Returns: the activation in training only; otherwise the output has its memory.
  func apply(
    _ x: Tensor, residual: Normalizer.Residual = .none, dropout: Dropout? = nil,
    _ context: inout PassContext
  ) -> (output: Tensor, activation: Activation?) {
    var activation = convolved(x, &context)
    activation.dropout = dropout?.mask(for: activation.convolved.shape, &context)
    let output = activation.output(
      residual: residual, inPlace: !context.training, context.compute)
    return (output, context.training ? activation : nil)
  }

  /// Convolution and statistics, without making the output.
  func convolved(_ x: Tensor, _ context: inout PassContext) -> Activation {
    let compute = context.compute
    let y = convolve(x, weight.value, geometry, compute)
    var (mean, variance) = (runningMean.value, runningVariance.value)
    if context.training {
      let moments = batchMoments(y, over: context.normalizationRanks, compute)
      updateRunningStatistics(moments)
      (mean, variance) = (moments.mean, moments.variance)
    }
    return Activation(
      convolved: y,
      normalizer: Normalizer(
        mean: mean, variance: variance, scale: scale.value, shift: shift.value,
        epsilon: Self.epsilon, relu: relu, ranks: context.normalizationRanks, compute))
  }

  package func backward(
    _ dy: consuming Tensor, _ saved: consuming Saved, _ pass: BackwardPass
  ) -> Tensor {
    let (input, activation) = (saved.input, saved.activation)
    _ = consume saved
    return backward(dy, consume activation, pass) { input }.input
  }

  /// - Parameters:
  ///   - residual: as in the forward pass.
  ///   - input: called once; the tensor is released before the input's gradient is computed.
  /// - Returns: the gradients of the input and, where there was one, of the residual.
  func backward(
    _ dy: consuming Tensor, _ activation: consuming Activation,
    residual: consuming Normalizer.Residual = .none, _ pass: BackwardPass, input: () -> Tensor
  ) -> (input: Tensor, residual: Tensor?) {
    let compute = pass.compute
    // Sums over all ranks' pixels give these two as the whole batch does.
    let isOfAllRanks = activation.normalizer.ranks != nil
    var dy = dy
    if let dropout = activation.dropout { dy = dropout.applied(to: dy, compute) }
    let (scaleGradient, shiftGradient) = (pass.gradient(for: scale), pass.gradient(for: shift))
    let (d, dResidual) = activation.normalizer.backward(
      dy, x: activation.convolved, residual: residual, scaleGradient: scaleGradient,
      shiftGradient: shiftGradient, compute)
    _ = consume activation
    _ = consume residual
    let weightGradient = pass.gradient(for: weight)
    let shape = accumulateWeightGradient(input(), d, onto: weightGradient, compute)
    // The gradient of the image is not needed.
    let dx =
      isFirst
      ? compute.empty(Shape(n: 0, h: 0, w: 0, c: 0))
      : convolutionInputGradient(d, weight.value, geometry, input: shape, compute)
    pass.finish(weight, weightGradient)
    pass.finish(scale, scaleGradient, isOfAllRanks: isOfAllRanks)
    pass.finish(shift, shiftGradient, isOfAllRanks: isOfAllRanks)
    return (dx, dResidual)
  }

  /// - Returns: the input's extent; the input itself ends here.
  private func accumulateWeightGradient(
    _ x: consuming Tensor, _ d: Tensor, onto gradient: Tensor, _ compute: Compute
  ) -> Shape {
    accumulateConvolutionWeightGradient(x, d, geometry, onto: gradient, compute)
    return x.shape
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
