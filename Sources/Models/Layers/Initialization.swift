import Tensors

/// He et al. 2015: normal with standard deviation sqrt(2 / fan).
package enum HeInitialization: Sendable {
  /// Fan is kernel area x output channels; the authors' backbone.
  case fanOut
  /// Fan is kernel area x input channels; the authors' ASPP and head.
  case fanIn

  func fill(_ weights: Tensor, _ geometry: ConvolutionGeometry, _ random: inout RandomSource) {
    let channels = self == .fanOut ? geometry.outputChannels : geometry.inputChannels
    let deviation = (2 / Double(geometry.kernel * geometry.kernel * channels)).squareRoot()
    for i in 0..<weights.count { weights.base[i] = Float(deviation * random.normal()) }
  }
}
