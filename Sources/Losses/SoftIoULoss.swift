import Tensors

/// Soft intersection over union (Rahman and Wang 2016): 1 - the mean over images of the mean over
/// the classes present in that image of I/U, I = sum p t, U = sum (p + t - p t) over the image's
/// valid pixels, t = [y = c]. Images without a valid pixel are left out.
///
/// Gradient by p: -1/U at the class's own pixels, I/U^2 at all others, divided by images times
/// classes present; by logits through the softmax. U >= N_c >= 1 for a class present.
package struct SoftIoULoss: Loss {
  package init() {}

  package func evaluate(_ input: LossInput) -> LossResult {
    let terms = OverlapTerms(input)
    guard terms.images > 0 else { return .zero(input) }
    let (c, perImage) = (input.classes, input.labels.h * input.labels.w)
    let gradient = input.compute.empty(input.logits.shape)
    input.labels.ids.withUnsafeBufferPointer { labels in
      input.compute.parallelBlocks(input.labels.pixels, block: 2048) { _, range in
        for i in range {
          let (g, label) = (gradient.base + i * c, Int(labels[i]))
          let row = i / perImage * c
          guard labels[i] != LabelMap.ignored else {
            g.update(repeating: 0, count: c)
            continue
          }
          for j in 0..<c { g[j] = terms.outside[row + j] }
          g[label] = terms.inside[row + label]
          softmaxBackward(g, input.probabilities.base + i * c, label: label, classes: c)
        }
      }
    }
    return LossResult(value: terms.value, gradient: gradient)
  }

  static let descriptor = LossDescriptor(
    name: "soft_iou", title: "Soft IoU",
    formula: "L = 1 − mean_n mean_{c in n} I/U,  I = Σ p·t,  U = Σ (p + t − p·t)",
    reduction: "mean over classes present in an image, then over images with a valid pixel",
    source: "Rahman and Wang 2016"
  ) { _ in SoftIoULoss() }
}

/// The loss's value, and its derivative by the probabilities, which takes only two values for each
/// image and class.
private struct OverlapTerms {
  /// Images with a valid pixel.
  var images = 0
  var value = 0.0
  /// d value / d p at pixels of the class itself and at others, [N, C]; 0 for a class absent.
  var inside: [Float]
  var outside: [Float]

  init(_ input: LossInput) {
    let (n, c) = (input.labels.n, input.classes)
    let sums = OverlapTerms.sums(input)
    inside = [Float](repeating: 0, count: n * c)
    outside = inside
    let present = (0..<n).map { image in (0..<c).filter { sums[(image * c + $0) * 3] > 0 } }
    images = present.reduce(0) { $0 + ($1.isEmpty ? 0 : 1) }
    for image in 0..<n {
      let share = 1 / Double(max(1, images * present[image].count))
      for j in present[image].map({ image * c + $0 }) {
        // With A = sum of 1 - p inside, B = sum of p outside: I = N - A, U = N + B, and
        // 1 - I/U = (A + B)/U without cancellation.
        let (pixels, a, b) = (sums[j * 3], sums[j * 3 + 1], sums[j * 3 + 2])
        let union = pixels + b
        value += share * (a + b) / union
        inside[j] = Float(-share / union)
        outside[j] = Float(share * (pixels - a) / (union * union))
      }
    }
  }

  /// For each image and class: its pixels, the sum of 1 - p over them, the sum of p over the others.
  private static func sums(_ input: LossInput) -> [Double] {
    let (n, c, perImage) = (input.labels.n, input.classes, input.labels.h * input.labels.w)
    let block = 4096
    let blocks = (perImage + block - 1) / block
    let stride = 3 * c
    var parts = [Double](repeating: 0, count: n * blocks * stride)
    parts.withUnsafeMutableBufferPointer { parts in
      input.labels.ids.withUnsafeBufferPointer { labels in
        input.compute.parallelFor(n * blocks) { b in
          let (image, first) = (b / blocks, b % blocks * block)
          let part = parts.baseAddress! + b * stride
          for i in image * perImage + first..<image * perImage + min(perImage, first + block)
          where labels[i] != LabelMap.ignored {
            let (p, label) = (UnsafePointer(input.probabilities.base + i * c), Int(labels[i]))
            let own = part[2 * c + label]
            for j in 0..<c { part[2 * c + j] += Double(p[j]) }
            part[2 * c + label] = own
            part[c + label] += Double(missProbability(p, label: label, classes: c))
            part[label] += 1
          }
        }
      }
    }
    var sums = [Double](repeating: 0, count: n * stride)
    for (i, part) in parts.enumerated() {
      let (image, kind, j) = (i / (blocks * stride), i % stride / c, i % c)
      sums[(image * c + j) * 3 + kind] += part
    }
    return sums
  }
}
