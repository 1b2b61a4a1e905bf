import Files
import Foundation

/// How ids are stored in label files.
enum LabelFormat: Hashable, Sendable {
  /// 8-bit gray.
  case gray
  /// 16 bits, with the id in the first of three channels.
  case firstOfThreeChannels
  /// As the data set's user describes.
  case described(FolderLabels)
}

extension LabelTable {
  /// The ids of a label file or a prediction, as stored in the file.
  /// - Parameter palettes: those of the files read before.
  /// - Throws: `UserError` naming the file if it cannot be read, contains an id without a label, or has
  ///   a palette that contradicts an earlier one.
  package func readIds(_ url: URL, comparing palettes: PaletteMemory? = nil) throws -> LabelImage {
    if case .described(let files) = format {
      return try files.readTableIds(url, comparing: palettes)
    }
    return try LabelIds(
      title: title, ids: Array(labels.indices), ignored: [],
      usesFirstChannel: format == .firstOfThreeChannels, largestTrainId: largestTrainId
    ).read(url, comparing: palettes)
  }

  /// The largest training id, where training ids are not the ids in files but are often mistaken for
  /// them: Cityscapes has files of both.
  private var largestTrainId: Int? { dataset == .cityscapes ? fileIds.count - 1 : nil }

  /// What predictions seem to hold instead of ids in files; nil if nothing speaks for that.
  /// - Parameter predicted: the pixels predicted as each id.
  package func suspicion(ofPredicted predicted: [Int]) -> String? {
    let found = predicted.indices.filter { predicted[$0] > 0 }
    // A network for label ids never predicts the ids that are not scored.
    guard let largestTrainId, found.allSatisfy({ $0 <= largestTrainId }),
      found.contains(where: { labels[$0].isIgnored })
    else { return nil }
    return
      "all predictions are ids from 0 to \(largestTrainId), as if they were train ids; \(dataset) "
      + "is scored by label ids (road is \(fileIds[0]), not 0): convert them if they are"
  }

  /// Writes file ids in the data set's own format.
  package func write(_ ids: LabelImage, to url: URL) throws {
    switch format {
    case .gray:
      try PNG.writeGray(height: ids.height, width: ids.width, bytes: ids.ids, to: url)
    case .firstOfThreeChannels:
      try PNG.write(
        PNGImage(
          height: ids.height, width: ids.width, channels: 3, bitDepth: 16,
          samples: ids.ids.flatMap { [UInt16($0), 0, 0] }), to: url)
    case .described(let files): try files.write(ids, to: url)
    }
  }

  /// The image blended half and half with the official colors of its labels (file ids, same size).
  package func overlay(_ ids: LabelImage, on image: ColorImage) -> ColorImage {
    precondition(ids.height == image.height && ids.width == image.width)
    var result = image
    for (pixel, id) in ids.ids.enumerated() {
      let color = labels[Int(id)].color
      for c in 0..<3 {
        let sum = Int(image.bytes[pixel * 3 + c]) + Int(color[c])
        result.bytes[pixel * 3 + c] = UInt8(sum / 2)
      }
    }
    return result
  }
}
