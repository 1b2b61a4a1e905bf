import Tensors

/// 1x1, 3x3, 1x1 convolutions with an identity shortcut (He et al. 2016, Fig. 5 right);
/// ResNet-101. The stride sits on the 3x3 convolution, as in torchvision.
package struct Bottleneck: Layer {
  package struct Saved {
    let first: ConvolutionUnit.Saved
    let second: ConvolutionUnit.Saved
    let third: ConvolutionUnit.Saved
    let shortcut: ConvolutionUnit.Saved?
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
  ) -> (output: Tensor, saved: Saved) {
    let (a, savedFirst) = first.forward(x, &context)
    let (b, savedSecond) = second.forward(a, &context)
    let short = shortcut?.forward(x, &context)
    let (y, savedThird) = third.forward(b, residual: short?.output ?? x, &context)
    return (
      y, Saved(first: savedFirst, second: savedSecond, third: savedThird, shortcut: short?.saved)
    )
  }

  package func backward(_ dy: Tensor, _ saved: Saved, _ compute: Compute) -> Tensor {
    let (db, residual) = third.backward(dy, saved.third, wantsResidual: true, compute)
    let da = second.backward(db, saved.second, compute)
    let dx = first.backward(da, saved.first, compute)
    addShortcutGradient(residual!, shortcut, saved.shortcut, onto: dx, compute)
    return dx
  }
}
