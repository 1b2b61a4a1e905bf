import Tensors

/// A residual block (He et al. 2016, Fig. 5): convolutions in a row, and a shortcut from the input
/// that is added before the last ReLU.
package struct ResidualBlock: Layer {
  package struct Saved {
    /// nil where the network recomputes it for the backward pass.
    var input: Tensor?
    /// One for each unit.
    let units: [Activation]
    let shortcut: Activation?
  }
  /// Two or three.
  let units: [ConvolutionUnit]
  /// A strided 1x1 convolution where extent or channels change; nil: the identity.
  let shortcut: ConvolutionUnit?

  package var parameters: [Parameter] {
    units.flatMap(\.parameters) + (shortcut?.parameters ?? [])
  }
  package var buffers: [Buffer] { units.flatMap(\.buffers) + (shortcut?.buffers ?? []) }
  var outputChannels: Int { units[units.count - 1].geometry.outputChannels }

  package func forward(
    _ x: Tensor, _ context: inout PassContext
  ) -> (output: Tensor, saved: Saved?) {
    var y = x
    var activations: [Activation?] = []
    for unit in units.dropLast() {
      let activation: Activation?
      (y, activation) = unit.apply(y, &context)
      activations.append(activation)
    }
    let short = shortcut?.convolved(x, &context)
    let last: Activation?
    (y, last) = units[units.count - 1].apply(
      y, residual: short?.residual ?? .tensor(x), &context)
    let known = (activations + [last]).compactMap(\.self)
    guard known.count == units.count else { return (y, nil) }
    return (y, Saved(input: x, units: known, shortcut: short))
  }

  package func backward(
    _ dy: consuming Tensor, _ saved: consuming Saved, _ pass: BackwardPass
  ) -> Tensor {
    let (x, short) = (saved.knownInput, saved.shortcut)
    var activations = saved.units
    _ = consume saved
    let last = activations.removeLast()
    var (d, residual) = units[activations.count].backward(
      dy, consume last, residual: short?.residual ?? .tensor(x), pass
    ) { activations[activations.count - 1].output(pass.compute) }
    while let activation = activations.popLast() {
      d =
        units[activations.count].backward(consume d, activation, pass) {
          activations.last?.output(pass.compute) ?? x
        }.input
    }
    // The gradient of the sum also reaches the input through the shortcut.
    guard var dShortcut = residual.take() else { return d }
    if let shortcut, let short {
      dShortcut = shortcut.backward(consume dShortcut, consume short, pass) { x }.input
    }
    add(dShortcut, onto: d, pass.compute)
    return d
  }
}

extension ResidualBlock.Saved {
  fileprivate var knownInput: Tensor {
    guard let input else { preconditionFailure("the block's input was not recomputed") }
    return input
  }

  /// Recomputes the block's output; needs its input.
  func output(_ compute: Compute) -> Tensor {
    units[units.count - 1].output(
      residual: shortcut?.residual ?? .tensor(knownInput), compute)
  }
}

// MARK: The two kinds

extension ResidualBlock {
  /// Output channels of a bottleneck relative to its inner ones.
  static let expansion = 4

  /// Two 3x3 convolutions (Fig. 5 left); ResNet-18 and ResNet-34.
  ///
  /// - Parameter previousDilation: of the first convolution, which has the stride.
  package static func basic(
    name: String, inputChannels: Int, channels: Int, stride: Int, dilation: Int,
    previousDilation: Int, _ random: inout RandomSource
  ) -> ResidualBlock {
    ResidualBlock(
      name: name, stride: stride,
      [
        ConvolutionGeometry(
          inputChannels: inputChannels, outputChannels: channels, kernel: 3, stride: stride,
          dilation: previousDilation),
        ConvolutionGeometry(
          inputChannels: channels, outputChannels: channels, kernel: 3, dilation: dilation),
      ], &random)
  }

  /// 1x1, 3x3 and 1x1 convolutions (Fig. 5 right); ResNet-50 and deeper. The stride is on the 3x3
  /// convolution, as in torchvision.
  ///
  /// - Parameter channels: of the 3x3 convolution; the output has four times as many.
  package static func bottleneck(
    name: String, inputChannels: Int, channels: Int, stride: Int, dilation: Int,
    _ random: inout RandomSource
  ) -> ResidualBlock {
    ResidualBlock(
      name: name, stride: stride,
      [
        ConvolutionGeometry(inputChannels: inputChannels, outputChannels: channels, kernel: 1),
        ConvolutionGeometry(
          inputChannels: channels, outputChannels: channels, kernel: 3, stride: stride,
          dilation: dilation),
        ConvolutionGeometry(
          inputChannels: channels, outputChannels: channels * expansion, kernel: 1),
      ], &random)
  }

  private init(
    name: String, stride: Int, _ geometries: [ConvolutionGeometry], _ random: inout RandomSource
  ) {
    units = geometries.enumerated().map { index, geometry in
      ConvolutionUnit(
        convolution: "\(name).conv\(index + 1)", normalization: "\(name).bn\(index + 1)",
        geometry, relu: true, initialization: .fanOut, &random)
    }
    let (input, output) = (
      geometries[0].inputChannels, geometries[geometries.count - 1].outputChannels
    )
    guard stride != 1 || input != output else {
      shortcut = nil
      return
    }
    shortcut = ConvolutionUnit(
      convolution: name + ".downsample.0", normalization: name + ".downsample.1",
      ConvolutionGeometry(inputChannels: input, outputChannels: output, kernel: 1, stride: stride),
      relu: false, initialization: .fanOut, &random)
  }
}
