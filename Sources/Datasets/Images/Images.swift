/// An 8-bit color image, rows top to bottom, `red green blue` interleaved.
package struct ColorImage: Hashable, Sendable {
  package let height: Int
  package let width: Int
  /// `height * width * 3` bytes.
  package var bytes: [UInt8]

  package init(height: Int, width: Int, bytes: [UInt8]) {
    precondition(bytes.count == height * width * 3)
    (self.height, self.width, self.bytes) = (height, width, bytes)
  }
}

/// Training ids of one image, rows top to bottom; `LabelMap.ignored` where not evaluated.
package struct LabelImage: Hashable, Sendable {
  package let height: Int
  package let width: Int
  /// `height * width` ids.
  package var ids: [UInt8]

  package init(height: Int, width: Int, ids: [UInt8]) {
    precondition(ids.count == height * width)
    (self.height, self.width, self.ids) = (height, width, ids)
  }
}
