import Foundation
import Tensors

extension LossConformance {
  func gradientAtIgnoredPixels() throws -> Measurement {
    let batch = ConformanceBatch.large
    let (c, gradient) = (batch.shape.c, try evaluate(batch).gradient.array)
    let largest = largestMagnitude(
      batch.ignoredPixels.lazy.flatMap { gradient[$0 * c..<($0 + 1) * c] })
    return (largest == 0, "largest component there \(largest.brief), allowed 0")
  }

  /// Extreme logits and NaN in place of the ignored pixels' logits; no NaN for a loss that another
  /// library computes.
  func influenceOfIgnoredPixels() throws -> Measurement {
    let batch = ConformanceBatch.large
    var other = batch
    let c = batch.shape.c
    let unlikely: Float = claims.computedElsewhere ? -90 : .nan
    for i in batch.ignoredPixels {
      for j in 0..<c { other.logits[i * c + j] = j == i % c ? 90 : unlikely }
    }
    let (a, b) = (try evaluate(batch), try evaluate(other))
    let value = abs(a.value - b.value)
    let gradient = largestMagnitude(zip(a.gradient.array, b.gradient.array).lazy.map { $0 - $1 })
    return (
      value == 0 && gradient == 0,
      "they change the value by \(value.brief), the gradient by \(gradient.brief), allowed 0"
    )
  }

  func allIgnored() throws -> Measurement {
    var batch = ConformanceBatch.regions("ignored", Shape(n: 2, h: 3, w: 3, c: 4), seed: 22)
    batch.labels.ids = [UInt8](repeating: LabelMap.ignored, count: batch.shape.pixels)
    let result = try evaluate(batch)
    let largest = largestMagnitude(result.gradient.array)
    return (
      result.value == 0 && largest == 0,
      "value \(result.value.brief), largest component \(largest.brief), allowed 0"
    )
  }

  func saturated() throws -> Measurement {
    let results = try [1, 2, 19].map { try evaluate(.saturated(classes: $0)) }
    let values = results.map(\.value)
    let largest = results.map { largestMagnitude($0.gradient.array) }
    return (
      (values + largest).allSatisfy(\.isFinite),
      "with 1, 2 and 19 classes values \(values.brief), largest components \(largest.brief)"
    )
  }

  func divergence() throws -> Measurement {
    var batch = ConformanceBatch.regions("diverged", Shape(n: 1, h: 4, w: 4, c: 3), seed: 24)
    let values = try [Float.nan, .infinity, -.infinity].map { bad in
      batch.logits = batch.logits.map { _ in bad }
      return try evaluate(batch).value
    }
    return (values.allSatisfy(\.isNaN), "values \(values.brief) at logits nan, inf, -inf")
  }

  func inputsUntouched() throws -> Measurement {
    let batch = ConformanceBatch.large
    let input = batch.input()
    let probabilities = input.probabilities.array
    _ = try make(batch.shape.c, batch.classPixels).evaluate(input)
    let changed = [
      ("labels", zip(input.labels.ids, batch.labels.ids).count { $0 != $1 }),
      ("logits", changedBits(input.logits.array, batch.logits)),
      ("probabilities", changedBits(input.probabilities.array, probabilities)),
    ]
    return (
      changed.allSatisfy { $0.1 == 0 },
      changed.map { "\($0.1) \($0.0)" }.joined(separator: ", ") + " changed, allowed 0"
    )
  }

  /// Last image first.
  func orderOfImages() throws -> Measurement {
    let shape = Shape(n: 3, h: 12, w: 14, c: 5)
    let batch = ConformanceBatch.regions("order", shape, ignored: 0.3, spread: 2, seed: 25)
    func reversed<Element>(_ elements: [Element]) -> [Element] {
      let size = elements.count / shape.n
      return (0..<shape.n).reversed().flatMap { elements[$0 * size..<($0 + 1) * size] }
    }
    var other = batch
    other.logits = reversed(batch.logits)
    other.labels.ids = reversed(batch.labels.ids)
    let (a, b) = (try evaluate(batch), try evaluate(other))
    let value = relativeDistance([b.value], [a.value])
    let gradient = relativeDistance(
      reversed(b.gradient.array).map(Double.init), a.gradient.array.map(Double.init))
    return (
      value <= 1e-6 && gradient <= 1e-5,
      "value changes by \(value.brief), gradient by \(gradient.brief), allowed 1e-06, 1e-05"
    )
  }

  func bounds() throws -> Measurement {
    let batches =
      ConformanceBatch.ordinary + [
        .classesAbsent, .oneClass, .large, .saturated(classes: 2), .saturated(classes: 19),
      ]
    let values = try batches.map { try evaluate($0).value }
    let (lower, upper) = (claims.lowerBound ?? -.infinity, claims.upperBound ?? .infinity)
    let rounding = 1e-6
    return (
      values.allSatisfy { $0 >= lower - rounding && $0 <= upper + rounding },
      "values from \((values.min() ?? 0).brief) to \((values.max() ?? 0).brief), "
        + "claimed \(lower.brief) to \(upper.brief)"
    )
  }

  func differenceFromCE() throws -> Measurement {
    var batch = ConformanceBatch.regions("ce", Shape(n: 2, h: 24, w: 32, c: 5), seed: 26)
    // Counts start at one pixel, so that class weights differ.
    batch.classPixels = [1, 2, 3, 5, 8]
    let (own, ce) = (try evaluate(batch), CrossEntropyLoss().evaluate(batch.input()))
    let value = relativeDistance([own.value], [ce.value])
    let gradient = relativeDistance(
      own.gradient.array.map(Double.init), ce.gradient.array.map(Double.init))
    return (
      value > 1e-3 || gradient > 1e-3,
      "value differs by \(value.brief), gradient by \(gradient.brief), needed 0.001"
    )
  }

  func sameBits() throws -> Measurement {
    let batch = ConformanceBatch.large
    let first = try evaluate(batch)
    var (threads, memory) = (0, 0)
    for count in [1, 2, 3] {
      let compute = Compute(threads: count)
      // Memory reused from the cache is not zeroed.
      do {
        let used = (0..<8).map { _ in compute.empty(batch.shape) }
        for tensor in used { tensor.fill(.nan) }
      }
      let differing = first.differingBits(try evaluate(batch, compute))
      if count == 1 { memory = differing } else { threads += differing }
    }
    return (
      threads == 0 && memory == 0,
      "\(threads) numbers differ with 2 and 3 threads, \(memory) with one in used memory, allowed 0"
    )
  }
}

extension ConformanceBatch {
  fileprivate var ignoredPixels: [Int] {
    labels.ids.indices.filter { labels.ids[$0] == LabelMap.ignored }
  }
}

extension LossResult {
  /// Numbers that are not the same bit for bit.
  fileprivate func differingBits(_ other: LossResult) -> Int {
    func bits(_ result: LossResult) -> [UInt64] {
      [result.value.bitPattern] + (result.classWeights ?? []).map(\.bitPattern)
    }
    return zip(bits(self), bits(other)).count { $0 != $1 }
      + changedBits(gradient.array, other.gradient.array)
  }
}

private func changedBits(_ a: [Float], _ b: [Float]) -> Int {
  zip(a, b).count { $0.bitPattern != $1.bitPattern }
}

/// NaN if a number is NaN.
private func largestMagnitude(_ numbers: some Sequence<Float>) -> Double {
  numbers.reduce(0) { largest, x in
    largest.isNaN || x.isNaN ? .nan : max(largest, Double(x.magnitude))
  }
}

extension Double {
  /// Three digits, for reading.
  var brief: String { String(format: "%.3g", self) }
}

extension [Double] {
  fileprivate var brief: String { map(\.brief).joined(separator: ", ") }
}
