import Tensors

/// A 1x1 convolution with bias to one logit for each class.
package struct Classifier: Layer {
  /// The input.
  package typealias Saved = Tensor
  let geometry: ConvolutionGeometry
  let weight: Parameter
  let bias: Parameter

  package init(name: String, inputChannels: Int, classes: Int, _ random: inout RandomSource) {
    geometry = ConvolutionGeometry(
      inputChannels: inputChannels, outputChannels: classes, kernel: 1)
    weight = Parameter(name + ".weight", geometry.weightShape)
    bias = Parameter(name + ".bias", Shape(n: 1, h: 1, w: 1, c: classes))
    HeInitialization.fanIn.fill(weight.value, geometry, &random)
  }

  package var parameters: [Parameter] { [weight, bias] }

  package func forward(
    _ x: Tensor, _ context: inout PassContext
  ) -> (output: Tensor, saved: Tensor?) {
    let y = convolve(x, weight.value, geometry, context.compute)
    addBias(bias.value, onto: y, context.compute)
    return (y, context.training ? x : nil)
  }

  package func backward(
    _ dy: consuming Tensor, _ saved: consuming Tensor, _ pass: BackwardPass
  ) -> Tensor {
    let (biasGradient, weightGradient) = (pass.gradient(for: bias), pass.gradient(for: weight))
    accumulateBiasGradient(dy, onto: biasGradient, pass.compute)
    accumulateConvolutionWeightGradient(
      saved, dy, geometry, onto: weightGradient, pass.compute)
    let input = saved.shape
    _ = consume saved
    let dx = convolutionInputGradient(dy, weight.value, geometry, input: input, pass.compute)
    pass.finish(bias, biasGradient)
    pass.finish(weight, weightGradient)
    return dx
  }
}
