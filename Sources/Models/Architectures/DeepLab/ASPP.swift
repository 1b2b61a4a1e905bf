import Tensors

/// Atrous spatial pyramid pooling with image-level features (Chen et al. 2017, Fig. 5): a 1x1
/// convolution, 3x3 convolutions at several rates and the pooled image, joined and projected.
package struct ASPP: Layer {
  package struct Saved {
    let input: Tensor
    let pooledInput: Tensor
    let branches: [Activation]
    let pooled: Activation
    let project: Activation
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
  package var buffers: [Buffer] { units.flatMap(\.buffers) }

  package func forward(
    _ x: Tensor, _ context: inout PassContext
  ) -> (output: Tensor, saved: Saved?) {
    let compute = context.compute
    let pooledInput = globalAveragePool(x, compute)
    let branches = self.branches.map { $0.convolved(x, &context) }
    let pooled = pooling.convolved(pooledInput, &context)
    let (y, project) = self.project.apply(
      joined(branches, pooled, compute), dropout: dropout, &context)
    return (
      y,
      project.map {
        Saved(
          input: x, pooledInput: pooledInput, branches: branches, pooled: pooled, project: $0)
      }
    )
  }

  /// The branches' outputs side by side.
  private func joined(
    _ branches: [Activation], _ pooled: Activation, _ compute: Compute
  ) -> Tensor {
    let outputs = branches.map { $0.output(compute) }
    let image = broadcastOverPixels(pooled.output(compute), to: outputs[0].shape, compute)
    return concatenateChannels(outputs + [image], compute)
  }

  package func backward(
    _ dy: consuming Tensor, _ saved: consuming Saved, _ pass: BackwardPass
  ) -> Tensor {
    let compute = pass.compute
    let (x, pooledInput, pooled, last) = (
      saved.input, saved.pooledInput, saved.pooled, saved.project
    )
    var branches = saved.branches
    _ = consume saved
    let channels = [Int](repeating: dy.shape.c, count: branches.count + 1)
    let dJoined = project.backward(dy, consume last, pass) {
      joined(branches, pooled, compute)
    }.input
    var parts = splitChannels(dJoined, into: channels, compute)
    _ = consume dJoined
    let dPooled = pooling.backward(
      sumOverPixels(parts.removeLast(), compute), consume pooled, pass
    ) { pooledInput }.input
    let shape = x.shape
    let dx = broadcastOverPixels(
      dPooled, to: shape, factor: 1 / Float(shape.h * shape.w), compute)
    while let branch = branches.popLast() {
      let d = self.branches[branches.count].backward(parts.removeLast(), branch, pass) { x }.input
      add(d, onto: dx, compute)
    }
    return dx
  }
}

/// The rates of the three 3x3 convolutions in DeepLab: 6, 12 and 18 at output stride 16, so that they
/// reach equally far in the image at any stride (Chen et al. 2017, section 4.1).
func atrousRates(outputStride: Int) -> [Int] { [6, 12, 18].map { $0 * 16 / outputStride } }
