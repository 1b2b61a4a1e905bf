import Tensors

/// Lovasz-softmax of one part of the batch, and its gradient.
///
/// - Parameters:
///   - range: the part's pixels.
///   - classPixels: its pixels of each class.
///   - parts: over how many such parts the loss is a mean: the value and the gradient are divided
///     by it.
///   - gradient: [N, H, W, C], written at the pixels of `range` only.
/// - Returns: the part's share of the value.
func lovaszSoftmax(
  _ input: LossInput, _ range: Range<Int>, classPixels: [Int], parts: Int, _ gradient: Tensor
) -> Double {
  let c = input.classes
  let present = (0..<c).filter { classPixels[$0] > 0 }
  return input.labels.ids.withUnsafeBufferPointer { labels in
    let part = LovaszPart(
      labels: UnsafeBufferPointer(rebasing: labels[range]),
      probabilities: UnsafePointer(input.probabilities.base + range.lowerBound * c), classes: c,
      present: present, compute: input.compute)
    let g = gradient.base + range.lowerBound * c
    guard !present.isEmpty else {
      g.update(repeating: 0, count: range.count * c)
      return 0
    }
    let planes = part.errorPlanes()
    var values = [Double](repeating: 0, count: present.count)
    values.withUnsafeMutableBufferPointer { values in
      input.compute.parallelFor(present.count) { k in
        let label = present[k]
        values[k] = part.extensionOfJaccard(
          class: label, classPixels: classPixels[label], planes.base + k * range.count)
      }
    }
    part.gradient(planes, share: 1 / Float(present.count * parts), into: g)
    return values.reduce(0, +) / Double(present.count * parts)
  }
}

/// Consecutive pixels of a batch.
private struct LovaszPart {
  let labels: UnsafeBufferPointer<UInt8>
  /// [pixels, C]
  let probabilities: UnsafePointer<Float>
  let classes: Int
  let present: [Int]
  let compute: Compute

  var pixels: Int { labels.count }

  /// The errors of each class present, one plane a class, [present, pixels]; without meaning at
  /// ignored pixels.
  func errorPlanes() -> Tensor {
    let (c, pixels) = (classes, pixels)
    // As many planes as there are classes, so that the memory is reused whatever is present.
    let planes = compute.empty(Shape(n: 1, h: 1, w: pixels, c: c))
    var planeOfClass = [Int](repeating: 0, count: c)
    for (k, j) in present.enumerated() { planeOfClass[j] = k }
    compute.parallelBlocks(pixels, block: 1024) { _, range in
      for (k, j) in present.enumerated() {
        let (plane, p) = (planes.base + k * pixels, probabilities + j)
        for i in range { plane[i] = p[i * c] }
      }
      for i in range where labels[i] != LabelMap.ignored {
        let label = Int(labels[i])
        planes.base[planeOfClass[label] * pixels + i] = missProbability(
          probabilities + i * c, label: label, classes: c)
      }
    }
    return planes
  }

  /// Replaces one class's errors by the gradient with regard to its probabilities (ignored pixels
  /// get 0), and returns the class's loss.
  func extensionOfJaccard(
    class label: Int, classPixels: Int, _ plane: UnsafeMutablePointer<Float>
  ) -> Double {
    let pixels = pixels
    let room = Shape(n: 1, h: 1, w: pixels, c: 2)
    let (items, scratch) = (compute.empty(room), compute.empty(room))
    return items.base.withMemoryRebound(to: UInt64.self, capacity: pixels) { items in
      scratch.base.withMemoryRebound(to: UInt64.self, capacity: pixels) { scratch in
        let count = gather(labels, UInt8(label), plane, into: items)
        plane.update(repeating: 0, count: pixels)
        let sorted = radixSort(items, scratch, count: count)
        return walk(sorted, count, classPixels: classPixels, gradient: plane)
      }
    }
  }

  /// From the planes' gradients by probability to `share` times the gradient by logits.
  func gradient(_ planes: Tensor, share: Float, into gradient: UnsafeMutablePointer<Float>) {
    let (c, pixels) = (classes, pixels)
    compute.parallelBlocks(pixels, block: 1024) { _, range in
      (gradient + range.lowerBound * c).update(repeating: 0, count: range.count * c)
      for (k, j) in present.enumerated() {
        let (plane, g) = (planes.base + k * pixels, gradient + j)
        for i in range { g[i * c] = plane[i] * share }
      }
      for i in range where labels[i] != LabelMap.ignored {
        softmaxBackward(gradient + i * c, probabilities + i * c, label: Int(labels[i]), classes: c)
      }
    }
  }
}

/// Packs the errors that matter: complemented bits in the upper half (errors are not negative, so
/// their bits order like their values), pixel and membership of the class in the lower.
private func gather(
  _ labels: UnsafeBufferPointer<UInt8>, _ label: UInt8, _ errors: UnsafePointer<Float>,
  into items: UnsafeMutablePointer<UInt64>
) -> Int {
  var smallest = Float.infinity
  for i in 0..<labels.count where labels[i] == label { smallest = min(smallest, errors[i]) }
  var count = 0
  for i in 0..<labels.count {
    let own = labels[i] == label
    items[count] =
      UInt64(~errors[i].bitPattern) << 32 | UInt64(truncatingIfNeeded: i << 1 | (own ? 1 : 0))
    // Not "<": a NaN has to get through.
    count += labels[i] != LabelMap.ignored && !(errors[i] < smallest) ? 1 : 0
  }
  return count
}

private func walk(
  _ items: UnsafePointer<UInt64>, _ count: Int, classPixels: Int,
  gradient: UnsafeMutablePointer<Float>
) -> Double {
  var (value, intersection, union) = (0.0, Double(classPixels), Double(classPixels))
  for item in UnsafeBufferPointer(start: items, count: count) {
    let error = Double(Float(bitPattern: ~UInt32(truncatingIfNeeded: item >> 32)))
    let low = UInt32(truncatingIfNeeded: item)
    let coefficient: Double
    if low & 1 == 1 {
      coefficient = 1 / union
      intersection -= 1
      gradient[Int(low >> 1)] = Float(-coefficient)
    } else {
      coefficient = intersection / (union * (union + 1))
      union += 1
      gradient[Int(low >> 1)] = Float(coefficient)
    }
    value += coefficient * error
  }
  return value
}

@inline(__always)
func missProbability(_ p: UnsafePointer<Float>, label: Int, classes: Int) -> Float {
  guard p[label] > 0.5 else { return 1 - p[label] }
  var sum: Float = 0
  for j in 0..<classes { sum += j == label ? 0 : p[j] }
  return sum
}
@inline(__always)
func softmaxBackward(
  _ g: UnsafeMutablePointer<Float>, _ p: UnsafePointer<Float>, label: Int, classes: Int
) {
  var top = label
  if p[label] <= 0.5 { for j in 0..<classes where p[j] > p[top] { top = j } }
  let origin = g[top]
  var mean: Float = 0
  for j in 0..<classes {
    g[j] -= origin
    mean += p[j] * g[j]
  }
  for j in 0..<classes { g[j] = p[j] * (g[j] - mean) }
}
