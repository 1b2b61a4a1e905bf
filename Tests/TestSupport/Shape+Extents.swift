import Tensors

extension Shape {
  /// [N, H, W, C] as a fixture file has it.
  package init(_ extents: [Int]) {
    self.init(n: extents[0], h: extents[1], w: extents[2], c: extents[3])
  }
}
