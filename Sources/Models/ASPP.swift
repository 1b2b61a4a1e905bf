import Tensors

/// Atrous spatial pyramid pooling with image-level features (Chen et al. 2017, Fig. 5): a 1x1
/// convolution, 3x3 convolutions at several rates and the pooled image, joined and projected.
package struct ASPP: Layer {
  package struct Saved {
    let x: Tensor
    let branches: [ConvolutionUnit.Saved]
    let pooled: ConvolutionUnit.Saved
    let project: ConvolutionUnit.Saved
    let dropout: Tensor?
  }
  /// The 1x1 convolution, then one 3x3 convolution a rate.
  let branches: [ConvolutionUnit]
  let pooling: ConvolutionUnit
  let project: ConvolutionUnit
  /// Dropout after the projection.
  let dropout: Dropout

  package init(
    name: String, inputChannels: Int, channels: Int, rates: [Int], dropout: Double,
    _ random: inout RandomSource
  ) {
    func unit(_ name: String, _ geometry: ConvolutionGeometry, _ random: inout RandomSource)
      -> ConvolutionUnit
    {
      ConvolutionUnit(
        convolution: name + ".0", normalization: name + ".1", geometry, relu: true,
        initialization: .fanIn, &random)
    }
    let pointwise = ConvolutionGeometry(
      inputChannels: inputChannels, outputChannels: channels, kernel: 1)
    var branches = [unit(name + ".convs.0", pointwise, &random)]
    for (i, rate) in rates.enumerated() {
      let atrous = ConvolutionGeometry(
        inputChannels: inputChannels, outputChannels: channels, kernel: 3, dilation: rate)
      branches.append(unit("\(name).convs.\(i + 1)", atrous, &random))
    }
    self.branches = branches
    // torchvision counts the pooling itself as member 0 of this branch.
    pooling = ConvolutionUnit(
      convolution: "\(name).convs.\(rates.count + 1).1",
      normalization: "\(name).convs.\(rates.count + 1).2", pointwise, relu: true,
      initialization: .fanIn, &random)
    project = unit(
      name + ".project",
      ConvolutionGeometry(
        inputChannels: channels * (rates.count + 2), outputChannels: channels, kernel: 1), &random)
    self.dropout = Dropout(rate: dropout)
  }

  private var units: [ConvolutionUnit] { branches + [pooling, project] }
  package var parameters: [Parameter] { units.flatMap(\.parameters) }
  package var state: [StateArray] { units.flatMap(\.state) }

  package func forward(
    _ x: Tensor, _ context: inout PassContext
  ) -> (output: Tensor, saved: Saved) {
    let compute = context.compute
    let outputs = branches.map { $0.forward(x, &context) }
    let (pooled, savedPooled) = pooling.forward(globalAveragePool(x, compute), &context)
    let shape = outputs[0].output.shape
    let joined = concatenateChannels(
      outputs.map(\.output) + [broadcastOverPixels(pooled, to: shape, compute)], compute)
    let (y, savedProject) = project.forward(joined, &context)
    let (output, mask) = dropout.forward(y, &context)
    return (
      output,
      Saved(
        x: x, branches: outputs.map(\.saved), pooled: savedPooled, project: savedProject,
        dropout: mask)
    )
  }

  package func backward(_ dy: Tensor, _ saved: Saved, _ compute: Compute) -> Tensor {
    let d = dropout.backward(dy, saved.dropout, compute)
    let dJoined = project.backward(d, saved.project, compute)
    let channels = [Int](repeating: dy.shape.c, count: branches.count + 1)
    let parts = splitChannels(dJoined, into: channels, compute)
    let shape = saved.x.shape
    let dPooled = pooling.backward(
      sumOverPixels(parts[branches.count], compute), saved.pooled, compute)
    let dx = broadcastOverPixels(
      dPooled, to: shape, factor: 1 / Float(shape.h * shape.w), compute)
    for (i, branch) in branches.enumerated() {
      add(branch.backward(parts[i], saved.branches[i], compute), onto: dx, compute)
    }
    return dx
  }
}
