import Tensors

/// The logits of one image at another size, computed in blocks of rows, so that they are never in
/// memory as a whole: Cityscapes' 19 classes of 1024 x 2048 pixels would take 160 MB.
///
/// Interpolation is bilinear without aligned corners, as `F.interpolate(logits, size, mode="bilinear",
/// align_corners=False)` in PyTorch.
struct EnlargedLogits {
  /// [N, h, w, C]
  let logits: Tensor
  /// Which of the N.
  let image: Int
  let height: Int
  let width: Int

  /// About 4 MB of logits.
  private static let logitsOfABlock = 1 << 20

  /// The split does not depend on the number of threads.
  var blocks: [Range<Int>] {
    let rows = max(1, Self.logitsOfABlock / (width * logits.shape.c))
    return stride(from: 0, to: height, by: rows).map { $0..<min(height, $0 + rows) }
  }

  /// [1, rows, width, C]
  func block(_ rows: Range<Int>, _ compute: Compute) -> Tensor {
    BilinearResize().rows(rows, of: image, logits, height: height, width: width, compute)
  }

  /// The class with the largest logit at each pixel, row-major.
  func argmax(_ compute: Compute) -> [UInt8] {
    var ids: [UInt8] = []
    ids.reserveCapacity(height * width)
    for rows in blocks { ids += Tensors.argmax(logits: block(rows, compute), compute) }
    return ids
  }
}
