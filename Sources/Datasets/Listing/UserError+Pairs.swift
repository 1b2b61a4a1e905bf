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

  static func sizesDiffer(_ item: Item, image: ColorImage, labels: LabelImage) -> UserError {
    UserError(
      path: item.image.path,
      problem: "is \(image.width) x \(image.height) pixels, but its label file "
        + "\(item.label.path) is \(labels.width) x \(labels.height)")
  }
}
