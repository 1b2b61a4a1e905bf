import Tensors

/// Two 3x3 convolutions with an identity shortcut (He et al. 2016, Fig. 5 left); ResNet-18.
package struct BasicBlock: Layer {
  package struct Saved {
    /// nil where the network makes it again for the backward pass.
    var input: Tensor?
    let first: Activation
    let second: Activation
    let shortcut: Activation?
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
  ) -> (output: Tensor, saved: Saved?) {
    let (a, savedFirst) = first.apply(x, &context)
    let short = shortcut?.convolved(x, &context)
    let (y, savedSecond) = second.apply(a, residual: short?.residual ?? .tensor(x), &context)
    guard let savedFirst, let savedSecond else { return (y, nil) }
    return (y, Saved(input: x, first: savedFirst, second: savedSecond, shortcut: short))
  }

  package func backward(
    _ dy: consuming Tensor, _ saved: consuming Saved, _ pass: BackwardPass
  ) -> Tensor {
    let (x, a, b, short) = (saved.knownInput, saved.first, saved.second, saved.shortcut)
    _ = consume saved
    let (da, residual) = second.backward(
      dy, consume b, residual: short?.residual ?? .tensor(x), pass
    ) { a.output(pass.compute) }
    let dx = first.backward(consume da, consume a, pass) { x }.input
    addShortcutGradient(residual, shortcut, consume short, input: x, onto: dx, pass)
    return dx
  }
}

extension BasicBlock.Saved: ResidualSaved {
  var last: Activation { second }
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
