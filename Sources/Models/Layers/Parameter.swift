import Synchronization
import Tensors

/// A trained array and, where a backward pass is asked to keep it, its gradient.
package final class Parameter: Sendable {
  /// torchvision's name, such as `backbone.layer1.0.conv1.weight`.
  package let name: String
  package let value: Tensor
  private let kept = Mutex<Tensor?>(nil)

  package init(_ name: String, _ shape: Shape, filledWith value: Float = 0) {
    self.name = name
    self.value = Tensor(shape, filledWith: value)
  }

  /// What backward passes add onto; made, as zeros, when first asked for. Evaluation does not, nor
  /// does training that updates parameters as it goes.
  package var gradient: Tensor {
    kept.withLock { kept in
      let gradient = kept ?? Tensor(value.shape)
      kept = gradient
      return gradient
    }
  }
}

/// An array that is stored with the weights but not trained, as PyTorch's buffers: running batch
/// statistics.
package final class Buffer: Sendable {
  package let name: String
  package let value: Tensor

  package init(_ name: String, channels: Int, filledWith value: Float) {
    self.name = name
    self.value = Tensor(Shape(n: 1, h: 1, w: 1, c: channels), filledWith: value)
  }
}
