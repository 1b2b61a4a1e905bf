import Datasets
import Files
import Tensors

// Inputs that are the same in every run, and in the PyTorch worker, which computes the same
// numbers with NumPy: benchmarks/speed/peer_worker.py. Change both or neither.

/// Images like normalized ones: uniform in (-2, 2), [N, H, W, 3].
func syntheticImages(_ shape: Shape) -> Tensor {
  let images = Tensor(shape)
  var random = RandomSource(seed: 1)
  for i in 0..<images.count { images.base[i] = Float(4 * random.uniform() - 2) }
  return images
}

/// Blocks of 16 x 16 pixels of one class, the first classes far more frequent than the last. One
/// block in twenty is ignored; one pixel in ten has a class of its own.
func syntheticLabels(n: Int, h: Int, w: Int, classes: Int) -> LabelMap {
  let (rows, columns) = ((h + 15) / 16, (w + 15) / 16)
  var random = RandomSource(seed: 2)
  let blocks = (0..<n * rows * columns).map { _ -> UInt8 in
    let u = random.uniform()
    return random.uniform() < 0.05 ? LabelMap.ignored : UInt8(Double(classes) * u * u)
  }
  random = RandomSource(seed: 3)
  var ids: [UInt8] = []
  ids.reserveCapacity(n * h * w)
  for row in 0..<n * h {
    let (image, y) = (row / h, row % h)
    for x in 0..<w {
      let u = random.uniform()
      let block = blocks[(image * rows + y / 16) * columns + x / 16]
      let isLoose = u < 0.1 && block != LabelMap.ignored
      ids.append(isLoose ? UInt8(Double(classes) * 10 * u) : block)
    }
  }
  return LabelMap(n: n, h: h, w: w, ids: ids)
}

/// Scores of a network in the middle of its training: noise in (-3, 3), and between 0 and 8 more
/// for the right class. [N, H, W, C].
func syntheticLogits(_ labels: LabelMap, classes: Int) -> Tensor {
  let logits = Tensor(Shape(n: labels.n, h: labels.h, w: labels.w, c: classes))
  var random = RandomSource(seed: 4)
  for i in 0..<logits.count { logits.base[i] = Float(6 * random.uniform() - 3) }
  random = RandomSource(seed: 5)
  for (pixel, id) in labels.ids.enumerated() {
    let confidence = Float(8 * random.uniform())
    if id != LabelMap.ignored { logits.base[pixel * classes + Int(id)] += confidence }
  }
  return logits
}
