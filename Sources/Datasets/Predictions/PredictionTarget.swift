import Foundation

/// An image to predict, and how its prediction is to be called.
package struct PredictionTarget: Hashable, Sendable {
  package let image: URL
  /// Path of the prediction below its folder, so that `PredictionFiles` and, for Cityscapes, the
  /// official evaluation find it.
  package let prediction: String
  /// Path of a picture that neither takes for a prediction.
  package let overlay: String

  init(_ image: URL, prediction: String, overlay: String) {
    (self.image, self.prediction, self.overlay) = (image, prediction, overlay)
  }

  /// - Parameter path: of the prediction, below its folder.
  init(_ image: URL, path: String) {
    self.init(image, prediction: path, overlay: "overlays/\(path)")
  }
}
