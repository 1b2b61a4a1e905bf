import Tensors

extension ColorImage {
  /// The image as network input, [1, H, W, 3], normalized.
  package func tensor(_ normalization: Normalization, _ compute: Compute) -> Tensor {
    let tensor = compute.empty(Shape(n: 1, h: height, w: width, c: 3))
    normalization.normalize(self, into: tensor.base)
    return tensor
  }
}
