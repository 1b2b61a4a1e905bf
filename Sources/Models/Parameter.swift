import Tensors

/// A trained array and the gradient that backward passes add onto.
package final class Parameter: Sendable {
  /// torchvision's name, such as `backbone.layer1.0.conv1.weight`.
  package let name: String
  package let value: Tensor
  package let gradient: Tensor

  package init(_ name: String, _ shape: Shape, filledWith value: Float = 0) {
    self.name = name
    self.value = Tensor(shape, filledWith: value)
    gradient = Tensor(shape)
  }
}

/// State that is stored with the weights but not trained: running batch statistics.
package final class StateArray: Sendable {
  package let name: String
  package let value: Tensor

  package init(_ name: String, channels: Int, filledWith value: Float) {
    self.name = name
    self.value = Tensor(Shape(n: 1, h: 1, w: 1, c: channels), filledWith: value)
  }
}
