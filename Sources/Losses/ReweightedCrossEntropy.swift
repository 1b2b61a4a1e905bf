import Foundation
import Tensors

/// A valid pixel as a loss of the cross-entropy family sees it.
public struct CrossEntropyPixel {
  /// Position in the batch, `(n * H + h) * W + w`.
  public let index: Int
  /// The true class y.
  public let label: Int
  /// p_y.
  public let confidence: Float
  /// 1 - p_y, with all its digits also where p_y rounds to 1.
  public let miss: Float
  /// ce = -log p_y.
  public let crossEntropy: Double

  /// - Parameters:
  ///   - z, p: the pixel's logits and probabilities, `classes` each.
  @inline(__always)
  init(
    index: Int, label: Int, z: UnsafePointer<Float>, p: UnsafePointer<Float>, classes: Int
  ) {
    self.index = index
    self.label = label
    confidence = p[label]
    miss = missProbability(p, label: label, classes: classes)
    if confidence > 0.5 {
      crossEntropy = -log1p(-Double(miss))
    } else if confidence > 1e-30 {
      crossEntropy = -log(Double(confidence))
    } else {
      crossEntropy = crossEntropyFromLogits(z, p, label: label, classes: classes)
    }
  }
}

/// 1 - p_y: where p_y is near 1, the sum of the others, which keeps the digits a difference loses.
@inline(__always)
func missProbability(_ p: UnsafePointer<Float>, label: Int, classes: Int) -> Float {
  guard p[label] > 0.5 else { return 1 - p[label] }
  var sum: Float = 0
  for j in 0..<classes { sum += j == label ? 0 : p[j] }
  return sum
}

/// log sum_j exp(z_j) - z_y, for pixels so wrong that p_y underflows. The log-sum-exp is that of
/// the largest logit, z_m - log p_m, where p_m >= 1/C. NaN if a logit is not finite.
@inline(never)
private func crossEntropyFromLogits(
  _ z: UnsafePointer<Float>, _ p: UnsafePointer<Float>, label: Int, classes: Int
) -> Double {
  var m = 0
  for j in 1..<classes where z[j] > z[m] { m = j }
  return Double(z[m]) - Double(z[label]) - log(Double(p[m]))
}

/// What a loss makes of one pixel's cross-entropy.
public struct PixelWeight {
  /// w in the loss's term w ce.
  public var weight: Double
  /// s in the term's gradient s (p_j - [j = y]); equals `weight` if that takes no gradient.
  public var slope: Double

  public init(weight: Double, slope: Double) { (self.weight, self.slope) = (weight, slope) }

  /// A weight that takes no gradient.
  public init(constant weight: Double) { self.init(weight: weight, slope: weight) }
}

/// sum_i w_i ce_i / normaliser over the valid pixels, and its gradient: the common part of every
/// loss that weights cross-entropies.
///
/// With dce/dz_j = p_j - [j = y] (equation 6 of the recall loss paper), a term w(p_y) ce has the
/// gradient s (p_j - [j = y]), s = w - p_y w'(p_y) ce.
///
/// - Parameters:
///   - normaliser: a positive number, or else the result is zero (nothing to learn from).
///   - weigh: weight and slope of a pixel; called once for every valid one, from any thread.
/// - Returns: the result, and for each class the sum of its pixels' weights.
@inline(__always)
public func reweightedCrossEntropy(
  _ input: LossInput, normaliser: Double, _ weigh: (CrossEntropyPixel) -> PixelWeight
) -> (result: LossResult, weightSums: [Double]) {
  let (c, pixels, block) = (input.classes, input.labels.pixels, 2048)
  guard normaliser > 0 else { return (.zero(input), [Double](repeating: 0, count: c)) }
  let gradient = input.compute.empty(input.logits.shape)
  let scale = 1 / normaliser
  // Each block's sums: one weight sum a class, then the value. Added in order of the blocks.
  let stride = c + 1
  var sums = [Double](repeating: 0, count: (pixels + block - 1) / block * stride)
  sums.withUnsafeMutableBufferPointer { sums in
    input.labels.ids.withUnsafeBufferPointer { labels in
      input.compute.parallelBlocks(pixels, block: block) { b, range in
        let part = sums.baseAddress! + b * stride
        for i in range {
          let g = gradient.base + i * c
          guard labels[i] != LabelMap.ignored else {
            g.update(repeating: 0, count: c)
            continue
          }
          let p = UnsafePointer(input.probabilities.base + i * c)
          let pixel = CrossEntropyPixel(
            index: i, label: Int(labels[i]), z: input.logits.base + i * c, p: p, classes: c)
          let w = weigh(pixel)
          part[pixel.label] += w.weight
          part[c] += w.weight * pixel.crossEntropy
          let slope = Float(w.slope * scale)
          for j in 0..<c { g[j] = slope * p[j] }
          g[pixel.label] = -slope * pixel.miss
        }
      }
    }
  }
  var totals = [Double](repeating: 0, count: stride)
  for (i, part) in sums.enumerated() { totals[i % stride] += part }
  let value = totals.removeLast() * scale
  return (LossResult(value: value, gradient: gradient), totals)
}

/// The same with one constant weight a class.
func classWeightedCrossEntropy(
  _ input: LossInput, weights: [Double], normaliser: Double
) -> LossResult {
  precondition(weights.count == input.classes, "\(weights.count) weights, \(input.classes) classes")
  return weights.withUnsafeBufferPointer { weights in
    reweightedCrossEntropy(input, normaliser: normaliser) { pixel in
      PixelWeight(constant: weights[pixel.label])
    }.result
  }
}

/// sum w_y ce / sum w_y over the valid pixels, with one constant weight a class.
func weightedMeanCrossEntropy(_ input: LossInput, weights: [Double]) -> LossResult {
  let total = zip(weights, input.classPixels).reduce(0) { $0 + $1.0 * Double($1.1) }
  return classWeightedCrossEntropy(input, weights: weights, normaliser: total)
}
