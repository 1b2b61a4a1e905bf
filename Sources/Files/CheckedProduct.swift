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
