import Tensors

extension ColorImage {
  /// The image as the network takes it, [1, H, W, 3], normalised with `Normalization`.
  package func tensor(_ compute: Compute) -> Tensor {
    let tensor = compute.empty(Shape(n: 1, h: height, w: width, c: 3))
    Normalization.normalize(self, into: tensor.base)
    return tensor
  }
}
