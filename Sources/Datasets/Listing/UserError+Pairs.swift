import Files
import Foundation

extension UserError {
  static func noLabel(image: URL, label: URL) -> UserError {
    UserError(
      path: image.path, problem: "image without label file; \(label.lastPathComponent) is missing")
  }

  static func noImage(label: URL) -> UserError {
    UserError(path: label.path, problem: "label file without image")
  }

  /// - Parameters:
  ///   - image: height and width in pixels.
  ///   - labels: height and width in pixels.
  static func sizesDiffer(_ item: Item, image: [Int], labels: [Int]) -> UserError {
    UserError(
      path: item.image.path,
      problem: "is \(image[1]) x \(image[0]) pixels, but its label file "
        + "\(item.label.path) is \(labels[1]) x \(labels[0])")
  }
}
