import Experiments
import Models
import Tensors

/// One convolution of a network, with the batch it sees.
struct NetworkLayer: Hashable {
  /// Of its weight, without `.weight`.
  var name: String
  var geometry: ConvolutionGeometry
  var input: Shape

  var output: Shape { geometry.output(of: input) }

  /// Operations of the direct algorithm in one pass, a multiplication and an addition each, taps
  /// in the padding included. Each of the three passes has as many.
  var operations: Double {
    let kernel = geometry.kernel * geometry.kernel
    return 2 * Double(output.count) * Double(kernel) * Double(geometry.inputChannels)
  }

  /// Operations of the algorithm that computes it, without Winograd's transforms and without taps in the
  /// padding; of each of the three passes.
  var neededOperations: Double {
    let algorithm = ConvolutionAlgorithm.fastest(geometry, input: input)
    let pairs = Double(geometry.inputChannels * geometry.outputChannels)
    return 2 * pairs * Double(input.n * algorithm.multiplications(geometry, input: input))
  }

  /// The stem: nobody needs the gradient of the images.
  var isFirst: Bool { geometry.inputChannels == 3 }

  /// How the profile groups it.
  var kind: String {
    if geometry.kernel == 7 { return "7x7 stem" }
    if isOfDecoder(name) { return "\(geometry.kernel)x\(geometry.kernel), decoder" }
    if geometry.stride > 1 { return "\(geometry.kernel)x\(geometry.kernel), stride 2" }
    if geometry.kernel == 3 && geometry.dilation > 2 { return "3x3, atrous (ASPP)" }
    return "\(geometry.kernel)x\(geometry.kernel)"
  }

  /// Such as `3x3 64 to 64, 24x48`, with stride and dilation where they are not 1.
  var description: String {
    let g = geometry
    return "\(g.kernel)x\(g.kernel) \(g.inputChannels) to \(g.outputChannels)"
      + (g.stride == 1 ? "" : " /\(g.stride)") + (g.dilation == 1 ? "" : " rate \(g.dilation)")
      + ", \(input.h)x\(input.w)"
  }

  /// Whether a batch normalization follows; only the classifier has none.
  var isNormalized: Bool { name != "classifier.4" && name != "classifier.classifier.8" }

  /// Whether the residual sum of a block follows.
  var endsBlock: Bool {
    name.contains(".layer")
      && (name.hasSuffix(".conv3") || (name.hasSuffix(".conv2") && geometry.kernel == 3))
  }
}

/// Whether a convolution is one of DeepLab v3+ after its ASPP.
private func isOfDecoder(_ name: String) -> Bool {
  name.hasPrefix("classifier.project.") || name.hasPrefix("classifier.classifier.")
}

/// The convolutions of a network at output stride 16, in the order of its parameters, whose names
/// and shapes they are read from.
func networkLayers(_ networkCase: NetworkCase) -> [NetworkLayer] {
  let network = networkCase.configuration().makeNetwork(classes: NetworkCase.classes)
  let isBottleneck = network.parameters.contains { $0.name.hasSuffix(".conv3.weight") }
  /// Extent after halving, rounded up, which every strided layer here does.
  func shape(stride: Int, channels: Int) -> Shape {
    func size(_ full: Int) -> Int { (full + stride - 1) / stride }
    return Shape(
      n: networkCase.batch, h: size(networkCase.rows), w: size(networkCase.columns), c: channels)
  }
  return network.parameters.compactMap { parameter in
    let s = parameter.value.shape
    guard parameter.name.hasSuffix(".weight"), parameter.name.contains("bn") == false else {
      return nil
    }
    let name = String(parameter.name.dropLast(".weight".count))
    let parts = name.split(separator: ".").map(String.init)
    var geometry = ConvolutionGeometry(inputChannels: s.w, outputChannels: s.c, kernel: s.n)
    if name == "backbone.conv1" {
      (geometry.stride, geometry.padding) = (2, 3)
      return NetworkLayer(name: name, geometry: geometry, input: shape(stride: 1, channels: s.w))
    }
    if parts[0] == "backbone" {
      guard let stage = Int(parts[1].dropFirst("layer".count)) else { return nil }
      let isConvolution = parts[3].hasPrefix("conv") || parts[3...] == ["downsample", "0"]
      guard isConvolution else { return nil }
      let isFirstBlock = parts[2] == "0"
      // Where the stride of a stage sits, and the last stage's dilation (torchvision's rules).
      let strided = parts[3] == "downsample" || parts[3] == (isBottleneck ? "conv2" : "conv1")
      var extent = [4, 4, 8, 16, 16][stage]
      if isFirstBlock, stage == 2 || stage == 3 {
        let comesBefore = strided || (isBottleneck && parts[3] == "conv1")
        if comesBefore { extent = [4, 4, 4, 8, 16][stage] }
        if strided { geometry.stride = 2 }
      }
      if stage == 4, s.n == 3 {
        geometry.dilation = isFirstBlock && strided ? 1 : 2
        geometry.padding = geometry.dilation
      }
      return NetworkLayer(
        name: name, geometry: geometry, input: shape(stride: extent, channels: s.w))
    }
    // ASPP and head: members 1 of a unit and `classifier.2` are normalizations.
    guard s.n > 1 || s.h > 1 || s.w > 1 else { return nil }
    if parts[2...].first == "convs", s.n == 3 {
      geometry.dilation = 6 * (Int(parts[3]) ?? 1)
      geometry.padding = geometry.dilation
    }
    if parts[2...] == ["convs", "4", "1"] {
      let pooled = Shape(n: networkCase.batch, h: 1, w: 1, c: s.w)
      return NetworkLayer(name: name, geometry: geometry, input: pooled)
    }
    let stride = isOfDecoder(name) ? 4 : 16
    return NetworkLayer(name: name, geometry: geometry, input: shape(stride: stride, channels: s.w))
  }
}

/// Layers that are the same work, and how many of them there are; in the order they are first met.
func distinct(_ layers: [NetworkLayer]) -> [(layer: NetworkLayer, count: Int)] {
  var result: [(layer: NetworkLayer, count: Int)] = []
  for layer in layers {
    let known = result.firstIndex {
      $0.layer.geometry == layer.geometry && $0.layer.input == layer.input
    }
    if let known { result[known].count += 1 } else { result.append((layer, 1)) }
  }
  return result
}
