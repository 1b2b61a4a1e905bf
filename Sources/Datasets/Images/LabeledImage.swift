import Files

/// An image with its labels, of the same size.
package struct LabeledImage: Hashable, Sendable {
  package var image: ColorImage
  package var labels: LabelImage

  /// Traps if the sizes differ.
  package init(image: ColorImage, labels: LabelImage) {
    precondition(image.height == labels.height && image.width == labels.width)
    (self.image, self.labels) = (image, labels)
  }

  /// Reads both files of an item at their original size.
  /// - Throws: `UserError` if one cannot be read or their sizes differ.
  package init(reading item: Item, of dataset: any Dataset) throws {
    // From the headers: what does not fit need not be decoded.
    if let image = PNG.statedSize(item.image), let labels = PNG.statedSize(item.label),
      image != labels
    {
      throw UserError.sizesDiffer(item, image: image, labels: labels)
    }
    let image = try PNG.readColor(item.image)
    let labels = try dataset.readLabels(item)
    guard image.height == labels.height, image.width == labels.width else {
      throw UserError.sizesDiffer(
        item, image: [image.height, image.width], labels: [labels.height, labels.width])
    }
    (self.image, self.labels) = (image, labels)
  }

  package var height: Int { image.height }
  package var width: Int { image.width }

  /// At another size, or a window of it; see `ColorImage.resized`.
  package func resized(
    height: Int, width: Int, rows: Range<Int>? = nil, columns: Range<Int>? = nil
  ) -> LabeledImage {
    LabeledImage(
      image: image.resized(height: height, width: width, rows: rows, columns: columns),
      labels: labels.resized(height: height, width: width, rows: rows, columns: columns))
  }

  /// The image and labels flipped horizontally.
  package var mirrored: LabeledImage {
    LabeledImage(
      image: ColorImage(
        height: height, width: width, bytes: image.bytes.mirrored(width: width, channels: 3)),
      labels: LabelImage(
        height: height, width: width, ids: labels.ids.mirrored(width: width, channels: 1)))
  }

  /// Bytes in memory.
  var byteCount: Int { image.bytes.count + labels.ids.count }
}

extension [UInt8] {
  /// Rows of `width` pixels, each from its last pixel to its first.
  fileprivate func mirrored(width: Int, channels: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { out, filled in
      withUnsafeBufferPointer { bytes in
        for row in stride(from: 0, to: bytes.count, by: Swift.max(1, width * channels)) {
          for x in 0..<width {
            let (to, from) = (row + x * channels, row + (width - 1 - x) * channels)
            for c in 0..<channels { out[to + c] = bytes[from + c] }
          }
        }
      }
      filled = count
    }
  }
}
