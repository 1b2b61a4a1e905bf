/// A tensor's contents with its name, as weights and checkpoints are stored.
package struct NamedArray: Hashable, Sendable {
  package var name: String
  package var shape: [Int]
  /// Row-major; as many as the product of `shape`.
  package var values: [Float]

  package init(name: String, shape: [Int], values: [Float]) {
    (self.name, self.shape, self.values) = (name, shape, values)
  }
}

extension [Int] {
  /// The product of a shape's extents; nil if one is negative or the product overflows.
  package var checkedProduct: Int? {
    var product = 1
    for extent in self {
      let (next, overflow) = product.multipliedReportingOverflow(by: extent)
      if extent < 0 || overflow { return nil }
      product = next
    }
    return product
  }
}
