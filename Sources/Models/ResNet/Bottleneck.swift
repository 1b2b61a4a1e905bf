import Tensors

/// 1x1, 3x3, 1x1 convolutions with an identity shortcut (He et al. 2016, Fig. 5 right);
/// ResNet-101. The stride sits on the 3x3 convolution, as in torchvision.
package struct Bottleneck: Layer {
  package struct Saved {
    /// nil where the network makes it again for the backward pass.
    var input: Tensor?
    let first: Activation
    let second: Activation
    let third: Activation
    let shortcut: Activation?
  }
  static let expansion = 4
  let first: ConvolutionUnit
  let second: ConvolutionUnit
  let third: ConvolutionUnit
  let shortcut: ConvolutionUnit?

  package init(
    name: String, inputChannels: Int, channels: Int, stride: Int, dilation: Int,
    _ random: inout RandomSource
  ) {
    first = ConvolutionUnit(
      convolution: name + ".conv1", normalization: name + ".bn1",
      ConvolutionGeometry(inputChannels: inputChannels, outputChannels: channels, kernel: 1),
      relu: true, initialization: .fanOut, &random)
    second = ConvolutionUnit(
      convolution: name + ".conv2", normalization: name + ".bn2",
      ConvolutionGeometry(
        inputChannels: channels, outputChannels: channels, kernel: 3, stride: stride,
        dilation: dilation), relu: true, initialization: .fanOut, &random)
    third = ConvolutionUnit(
      convolution: name + ".conv3", normalization: name + ".bn3",
      ConvolutionGeometry(
        inputChannels: channels, outputChannels: channels * Self.expansion, kernel: 1),
      relu: true, initialization: .fanOut, &random)
    shortcut = projection(
      name: name, inputChannels: inputChannels, outputChannels: channels * Self.expansion,
      stride: stride, &random)
  }

  package var parameters: [Parameter] {
    first.parameters + second.parameters + third.parameters + (shortcut?.parameters ?? [])
  }
  package var state: [StateArray] {
    first.state + second.state + third.state + (shortcut?.state ?? [])
  }

  package func forward(
    _ x: Tensor, _ context: inout PassContext
  ) -> (output: Tensor, saved: Saved?) {
    var (y, savedFirst) = first.apply(x, &context)
    let savedSecond: Activation?
    (y, savedSecond) = second.apply(y, &context)
    let short = shortcut?.convolved(x, &context)
    let savedThird: Activation?
    (y, savedThird) = third.apply(y, residual: short?.residual ?? .tensor(x), &context)
    guard let savedFirst, let savedSecond, let savedThird else { return (y, nil) }
    return (
      y,
      Saved(
        input: x, first: savedFirst, second: savedSecond, third: savedThird, shortcut: short)
    )
  }

  package func backward(
    _ dy: consuming Tensor, _ saved: consuming Saved, _ pass: BackwardPass
  ) -> Tensor {
    let (x, short) = (saved.knownInput, saved.shortcut)
    let (a, b, c) = (saved.first, saved.second, saved.third)
    _ = consume saved
    let (db, residual) = third.backward(
      dy, consume c, residual: short?.residual ?? .tensor(x), pass
    ) { b.output(pass.compute) }
    let da = second.backward(consume db, consume b, pass) { a.output(pass.compute) }.input
    let dx = first.backward(consume da, consume a, pass) { x }.input
    addShortcutGradient(residual, shortcut, consume short, input: x, onto: dx, pass)
    return dx
  }
}

extension Bottleneck.Saved: ResidualSaved {
  var last: Activation { third }
}
