import Files

extension LabeledImage {
  /// What identifies the pixels, however the files compress them: `480x360`, then the XXH64 of the
  /// color bytes and of the training ids, separated by spaces.
  package var digest: String { "\(width)x\(height) \(xxh64(image.bytes)) \(xxh64(labels.ids))" }
}
