import Files
import Foundation

/// Instance ids of one image, rows top to bottom: label id * 1000 + number for a single object, the
/// plain label id for everything else (Cityscapes' `_instanceIds.png`).
package struct InstanceImage: Hashable, Sendable {
  package let height: Int
  package let width: Int
  /// `height * width` ids.
  package let ids: [UInt16]

  /// - Throws: `UserError` if the file cannot be read or has several channels.
  package init(contentsOf url: URL) throws {
    func refusal(_ channels: Int) -> UserError? {
      if channels == 1 { return nil }
      return UserError(
        path: url.path,
        problem: "has \(channels) channels, but instance ids need one 16-bit channel")
    }
    let image = try PNG.readLabels(url, takesGrays: true) { refusal($0.channels) }.image
    if let problem = refusal(image.channels) { throw problem }
    (height, width, ids) = (image.height, image.width, image.samples)
  }
}
