import Foundation

extension DataError {
  static func noLabel(image: URL, label: URL) -> DataError {
    DataError(
      path: image.path, problem: "image without label file; \(label.lastPathComponent) is missing")
  }

  static func noImage(label: URL) -> DataError {
    DataError(path: label.path, problem: "label file without image")
  }

  static func sizesDiffer(_ item: Item, image: ColorImage, labels: LabelImage) -> DataError {
    DataError(
      path: item.image.path,
      problem: "is \(image.width) x \(image.height) pixels, but its label file "
        + "\(item.label.path) is \(labels.width) x \(labels.height)")
  }
}
