import Tensors

/// Lovasz-softmax (Berman, Rannen Triki and Blaschko, CVPR 2018, equations 8 and 9, algorithm 1):
/// the mean over the classes present in the batch of the Lovasz extension of the Jaccard loss, at
/// the errors e_i = |[y_i = c] - p_{i,c}| of the batch's valid pixels.
///
/// With the errors sorted in descending order and I = N_c, U = N_c at the start, a pixel of the class
/// has the coefficient 1/U and lowers I by one; any other has I/(U (U + 1)) and raises U by one
/// (the differences of 1 - I/U, without cancellation). The value is the sum of coefficient times
/// error, its gradient by p the coefficient with the sign of de/dp; of equal errors the pixel of
/// lower index comes first (a subgradient). From I = 0 on all coefficients are 0, so pixels of
/// other classes with an error below the smallest of the class's own need no sorting.
package struct LovaszSoftmaxLoss: Loss {
  package init() {}

  package func evaluate(_ input: LossInput) -> LossResult {
    let present = (0..<input.classes).filter { input.classPixels[$0] > 0 }
    guard !present.isEmpty else { return .zero(input) }
    let pixels = input.labels.pixels
    let planes = errorPlanes(input, present)
    var values = [Double](repeating: 0, count: present.count)
    values.withUnsafeMutableBufferPointer { values in
      input.compute.parallelFor(present.count) { k in
        values[k] = extensionOfJaccard(input, class: present[k], planes.base + k * pixels)
      }
    }
    return LossResult(
      value: values.reduce(0, +) / Double(present.count),
      gradient: gradient(input, present, planes))
  }

  static let descriptor = LossDescriptor(
    name: "lovasz", title: "Lovász-softmax",
    formula: "L = mean_{c in batch} Σᵢ e₍ᵢ₎·(J₍ᵢ₎ − J₍ᵢ₋₁₎),  eᵢ = |[y=c] − pᵢ,c| descending",
    reduction: "mean over the classes present in the batch, all its valid pixels together",
    source: "Berman et al. 2018, equations (8) and (9)"
  ) { _ in LovaszSoftmaxLoss() }
}

/// The errors of each class present, one plane a class, [present, N, H, W]; without meaning at
/// ignored pixels.
private func errorPlanes(_ input: LossInput, _ present: [Int]) -> Tensor {
  let (c, pixels, shape) = (input.classes, input.labels.pixels, input.logits.shape)
  // As many planes as there are classes, so that the memory is reused whatever is present.
  let planes = input.compute.empty(shape)
  var planeOfClass = [Int](repeating: 0, count: c)
  for (k, j) in present.enumerated() { planeOfClass[j] = k }
  input.labels.ids.withUnsafeBufferPointer { labels in
    input.compute.parallelBlocks(pixels, block: 1024) { _, range in
      for (k, j) in present.enumerated() {
        let (plane, p) = (planes.base + k * pixels, input.probabilities.base + j)
        for i in range { plane[i] = p[i * c] }
      }
      for i in range where labels[i] != LabelMap.ignored {
        let label = Int(labels[i])
        planes.base[planeOfClass[label] * pixels + i] = missProbability(
          input.probabilities.base + i * c, label: label, classes: c)
      }
    }
  }
  return planes
}

/// Replaces one class's errors by the gradient with regard to its probabilities (ignored pixels get
/// 0), and returns the class's loss.
private func extensionOfJaccard(
  _ input: LossInput, class label: Int, _ plane: UnsafeMutablePointer<Float>
) -> Double {
  let pixels = input.labels.pixels
  let room = Shape(n: 1, h: 1, w: pixels, c: 2)
  let (items, scratch) = (input.compute.empty(room), input.compute.empty(room))
  return items.base.withMemoryRebound(to: UInt64.self, capacity: pixels) { items in
    scratch.base.withMemoryRebound(to: UInt64.self, capacity: pixels) { scratch in
      let count = input.labels.ids.withUnsafeBufferPointer {
        gather($0, UInt8(label), plane, into: items)
      }
      plane.update(repeating: 0, count: pixels)
      let sorted = radixSort(items, scratch, count: count)
      return walk(sorted, count, classPixels: input.classPixels[label], gradient: plane)
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

/// From the planes' gradients by probability to the gradient by logits.
private func gradient(_ input: LossInput, _ present: [Int], _ planes: Tensor) -> Tensor {
  let (c, pixels) = (input.classes, input.labels.pixels)
  let gradient = input.compute.empty(input.logits.shape)
  let share = 1 / Float(present.count)
  input.labels.ids.withUnsafeBufferPointer { labels in
    input.compute.parallelBlocks(pixels, block: 1024) { _, range in
      (gradient.base + range.lowerBound * c).update(repeating: 0, count: range.count * c)
      for (k, j) in present.enumerated() {
        let (plane, g) = (planes.base + k * pixels, gradient.base + j)
        for i in range { g[i * c] = plane[i] * share }
      }
      for i in range where labels[i] != LabelMap.ignored {
        softmaxBackward(
          gradient.base + i * c, input.probabilities.base + i * c, label: Int(labels[i]), classes: c
        )
      }
    }
  }
  return gradient
}
