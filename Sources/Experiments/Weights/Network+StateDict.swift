import Checkpoints
import Files
import Models
import Tensors

extension RunConfiguration {
  /// Creates the network with its initial weights.
  package func makeNetwork(classes: Int) -> SegmentationNetwork {
    (architecture ?? .deeplabv3).network(on: backbone, classes: classes, width: width, seed: seed)
  }
}

extension Layer {
  /// Returns parameters and buffers under torchvision's names and in its layout: convolution
  /// weights are [out_channels, in_channels, kernel height, kernel width].
  package func stateDict() -> [NamedArray] {
    parameters.map { NamedArray(exporting: $0.value, name: $0.name) }
      + buffers.map { NamedArray(exporting: $0.value, name: $0.name) }
  }

  /// Loads every parameter and buffer from a state dict.
  /// - Throws: `UserError` for a missing name or a shape that does not fit.
  package func load(_ arrays: [NamedArray]) throws {
    try restore(
      parameters.map { ($0.name, $0.value) } + buffers.map { ($0.name, $0.value) }, from: arrays)
  }
}

/// Fills tensors from arrays with the same names.
/// - Throws: `UserError` for a missing name or a shape that does not fit.
func restore(_ targets: [(name: String, tensor: Tensor)], from arrays: [NamedArray]) throws {
  let byName = Dictionary(arrays.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
  for (name, tensor) in targets {
    guard let array = byName[name] else { throw UserError("stored weights lack \(name)") }
    let shape = NamedArray.shape(of: tensor)
    guard array.shape == shape, array.values.count == tensor.count else {
      throw UserError(
        "stored \(name) has shape \(array.shape), but the network's has shape \(shape)")
    }
    array.importValues(into: tensor)
  }
}

extension NamedArray {
  /// Exports [rows, columns, in, out] as [out, in, rows, columns]; a vector stays a vector.
  init(exporting tensor: Tensor, name: String) {
    let s = tensor.shape
    guard Self.isConvolution(s) else {
      self.init(name: name, shape: Self.shape(of: tensor), values: tensor.array)
      return
    }
    var values = [Float](repeating: 0, count: s.count)
    Self.forEachWeight(s) { ours, theirs in values[theirs] = tensor.base[ours] }
    self.init(name: name, shape: Self.shape(of: tensor), values: values)
  }

  /// The shape that `tensor` has when stored.
  static func shape(of tensor: Tensor) -> [Int] {
    let s = tensor.shape
    return isConvolution(s) ? [s.c, s.w, s.n, s.h] : [s.c]
  }

  func importValues(into tensor: Tensor) {
    guard Self.isConvolution(tensor.shape) else {
      for i in values.indices { tensor.base[i] = values[i] }
      return
    }
    Self.forEachWeight(tensor.shape) { ours, theirs in tensor.base[ours] = values[theirs] }
  }

  /// Vectors are stored as [1, 1, 1, C]. A 1x1 convolution with one input channel would be too, but
  /// no network here has one.
  private static func isConvolution(_ s: Shape) -> Bool { s.n * s.h * s.w > 1 }

  private static func forEachWeight(_ s: Shape, _ body: (_ ours: Int, _ theirs: Int) -> Void) {
    for ky in 0..<s.n {
      for kx in 0..<s.h {
        for i in 0..<s.w {
          for o in 0..<s.c {
            body(
              ((ky * s.h + kx) * s.w + i) * s.c + o, ((o * s.w + i) * s.n + ky) * s.h + kx)
          }
        }
      }
    }
  }
}
