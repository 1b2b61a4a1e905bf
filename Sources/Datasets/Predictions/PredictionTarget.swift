import Foundation

/// An image to predict, and the name for its prediction.
package struct PredictionTarget: Hashable, Sendable {
  package let image: URL
  /// Path of the prediction below its folder, so that `PredictionFiles` and, for Cityscapes, the
  /// official evaluation find it.
  package let prediction: String
  /// Path of a picture that neither of them mistakes for a prediction.
  package let overlay: String

  init(_ image: URL, prediction: String, overlay: String) {
    (self.image, self.prediction, self.overlay) = (image, prediction, overlay)
  }

  /// - Parameter path: the path of the prediction, below its folder.
  init(_ image: URL, path: String) {
    self.init(image, prediction: path, overlay: "overlays/\(path)")
  }
}
