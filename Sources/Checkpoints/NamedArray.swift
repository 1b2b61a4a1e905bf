import Files

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
