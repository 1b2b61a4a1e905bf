import Files
import Foundation

extension UserError {
  static func noLabel(image: URL, label: URL) -> UserError {
    UserError(
      path: image.path, problem: "image without label file; \(label.lastPathComponent) is missing")
  }

  /// Two files whose names differ in their Unicode form alone.
  static func sameName(_ file: URL) -> UserError {
    UserError(
      path: file.path,
      problem:
        "has the same name as another file here, in another Unicode form (such as \u{e9} as one "
        + "character and as two); rename or remove one")
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
