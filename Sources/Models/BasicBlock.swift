import Tensors

/// Two 3x3 convolutions with an identity shortcut (He et al. 2016, Fig. 5 left); ResNet-18.
package struct BasicBlock: Layer {
  package struct Saved {
    let first: ConvolutionUnit.Saved
    let second: ConvolutionUnit.Saved
    let shortcut: ConvolutionUnit.Saved?
  }
  let first: ConvolutionUnit
  let second: ConvolutionUnit
  /// A strided 1x1 convolution where extent or channels change.
  let shortcut: ConvolutionUnit?

  package init(
    name: String, inputChannels: Int, channels: Int, stride: Int, dilation: Int,
    previousDilation: Int, _ random: inout RandomSource
  ) {
    first = ConvolutionUnit(
      convolution: name + ".conv1", normalization: name + ".bn1",
      ConvolutionGeometry(
        inputChannels: inputChannels, outputChannels: channels, kernel: 3, stride: stride,
        dilation: previousDilation), relu: true, initialization: .fanOut, &random)
    second = ConvolutionUnit(
      convolution: name + ".conv2", normalization: name + ".bn2",
      ConvolutionGeometry(
        inputChannels: channels, outputChannels: channels, kernel: 3, dilation: dilation),
      relu: true, initialization: .fanOut, &random)
    shortcut = projection(
      name: name, inputChannels: inputChannels, outputChannels: channels, stride: stride, &random)
  }

  package var parameters: [Parameter] {
    first.parameters + second.parameters + (shortcut?.parameters ?? [])
  }
  package var state: [StateArray] { first.state + second.state + (shortcut?.state ?? []) }

  package func forward(
    _ x: Tensor, _ context: inout PassContext
  ) -> (output: Tensor, saved: Saved) {
    let (a, savedFirst) = first.forward(x, &context)
    let short = shortcut?.forward(x, &context)
    let (y, savedSecond) = second.forward(a, residual: short?.output ?? x, &context)
    return (y, Saved(first: savedFirst, second: savedSecond, shortcut: short?.saved))
  }

  package func backward(_ dy: Tensor, _ saved: Saved, _ compute: Compute) -> Tensor {
    let (da, residual) = second.backward(dy, saved.second, wantsResidual: true, compute)
    let dx = first.backward(da, saved.first, compute)
    addShortcutGradient(residual!, shortcut, saved.shortcut, onto: dx, compute)
    return dx
  }
}

/// The 1x1 shortcut of a block whose output differs from its input in extent or channels.
func projection(
  name: String, inputChannels: Int, outputChannels: Int, stride: Int,
  _ random: inout RandomSource
) -> ConvolutionUnit? {
  guard stride != 1 || inputChannels != outputChannels else { return nil }
  return ConvolutionUnit(
    convolution: name + ".downsample.0", normalization: name + ".downsample.1",
    ConvolutionGeometry(
      inputChannels: inputChannels, outputChannels: outputChannels, kernel: 1, stride: stride),
    relu: false, initialization: .fanOut, &random)
}

/// Carries the gradient of a block's residual sum back to the block's input.
func addShortcutGradient(
  _ residual: Tensor, _ shortcut: ConvolutionUnit?, _ saved: ConvolutionUnit.Saved?,
  onto dx: Tensor, _ compute: Compute
) {
  if let shortcut, let saved {
    add(shortcut.backward(residual, saved, compute), onto: dx, compute)
  } else {
    add(residual, onto: dx, compute)
  }
}
