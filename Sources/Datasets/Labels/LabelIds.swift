import Files
import Foundation
import Tensors

/// How the ids in a data set's label files become training ids.
struct LabelIds: Sendable {
  /// The data set's title, for messages.
  let title: String
  /// Whether a label file may have several channels, the first of them holding the class.
  let usesFirstChannel: Bool
  /// The largest training id where files with training ids (255: ignored) are common; nil elsewhere.
  let largestTrainId: UInt16?
  /// For each file id: the training id, `LabelMap.ignored`, or `unknown`.
  private let trainingIds: [UInt16]
  private static let unknown: UInt16 = 256

  /// - Parameters:
  ///   - ids: the id in the file for each training id.
  ///   - ignored: file ids that are not evaluated. All other ids are errors.
  init(
    title: String, ids: [Int], ignored: [Int], usesFirstChannel: Bool = false,
    largestTrainId: Int? = nil
  ) {
    var table = [UInt16](repeating: Self.unknown, count: ((ids + ignored).max() ?? 0) + 1)
    for id in ignored { table[id] = UInt16(LabelMap.ignored) }
    for (training, id) in ids.enumerated() { table[id] = UInt16(training) }
    (self.title, self.usesFirstChannel, trainingIds) = (title, usesFirstChannel, table)
    self.largestTrainId = largestTrainId.map { UInt16($0) }
  }

  /// Reads a label file.
  /// - Parameter palettes: those of the files read before.
  /// - Throws: `UserError` naming the file, and the id and place of the first unknown id.
  func read(_ url: URL, comparing palettes: PaletteMemory? = nil) throws -> LabelImage {
    let (image, palette) = try PNG.readLabels(url, takesGrays: true) {
      refusal(channels: $0.channels, url)
    }
    let channels = image.channels
    if let problem = refusal(channels: channels, url) { throw problem }
    try palette?.checkGrays(of: url, isId: isId)
    try palettes?.add(palette, of: url, takesGrays: true, isId: isId)
    var ids = [UInt8](repeating: 0, count: image.height * image.width)
    if let pixel = translate(image, into: &ids) {
      let id = Int(image.samples[pixel * channels])
      throw UserError(
        path: url.path,
        problem: "label id \(id) at row \(pixel / image.width), column \(pixel % image.width) "
          + "is not in the table of \(title) (0 to \(trainingIds.count - 1))"
          + (advice(image) ?? ""))
    }
    return LabelImage(height: image.height, width: image.width, ids: ids)
  }

  /// - Returns: the first pixel with an unknown id.
  private func translate(_ image: PNGImage, into ids: inout [UInt8]) -> Int? {
    let channels = image.channels
    return image.samples.withUnsafeBufferPointer { samples in
      trainingIds.withUnsafeBufferPointer { table in
        ids.withUnsafeMutableBufferPointer { ids in
          for pixel in ids.indices {
            let id = Int(samples[pixel * channels])
            let training = id < table.count ? table[id] : Self.unknown
            if training == Self.unknown { return pixel }
            ids[pixel] = UInt8(truncatingIfNeeded: training)
          }
          return nil
        }
      }
    }
  }

  private func isId(_ id: Int) -> Bool {
    trainingIds.indices.contains(id) && trainingIds[id] != Self.unknown
  }

  private func refusal(channels: Int, _ url: URL) -> UserError? {
    if channels == 1 || usesFirstChannel { return nil }
    return UserError(
      path: url.path,
      problem: "has \(channels) channels, but a \(title) label file holds ids in one; "
        + "is it a color rendering of the labels?")
  }

  /// What an image with unknown ids seems to hold instead.
  private func advice(_ image: PNGImage) -> String? {
    guard image.channels == 1, let largestTrainId,
      image.samples.allSatisfy({ $0 <= largestTrainId || $0 == UInt16(LabelMap.ignored) })
    else { return nil }
    return
      "; its ids are 0 to \(largestTrainId) and 255, as train ids are: convert them to label ids"
  }
}
