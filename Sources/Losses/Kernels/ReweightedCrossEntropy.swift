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
public func reweightedCrossEntropy(
  _ input: LossInput, normaliser: Double, _ weigh: (CrossEntropyPixel) -> PixelWeight
) -> (result: LossResult, weightSums: [Double]) {
  let c = input.classes
  let (result, sums) = crossEntropy(input, normaliser: normaliser, sums: c) { tile, sums in
    let (confidence, miss, ce) = (tile.confidence, tile.miss, tile.crossEntropy)
    var slopes = Lanes.zero
    var value = 0.0
    for lane in 0..<8 where tile.ids[lane] != LabelMap.ignored {
      let label = Int(tile.ids[lane])
      let pixel = CrossEntropyPixel(
        index: tile.first + lane, label: label, confidence: confidence[lane], miss: miss[lane],
        crossEntropy: Double(ce[lane]))
      let w = weigh(pixel)
      sums[label] += w.weight
      value += w.weight * pixel.crossEntropy
      slopes[lane] = Float(w.slope)
    }
    return (value, slopes)
  }
  return (result, sums)
}

/// The same eight pixels at a time: the kernel of all of them. One reading of the logits, one
/// writing of the gradient.
///
/// - Parameters:
///   - sums: how many further sums the loss wants.
///   - weigh: given eight pixels and the sums of their block so far, adds to those and returns the
///     sum of w ce and the slopes s, 0 at ignored pixels.
/// - Returns: the result, and the further sums.
@inline(__always)
func crossEntropy(
  _ input: LossInput, normaliser: Double, sums count: Int = 0,
  _ weigh: (_ tile: SoftmaxTile, _ sums: UnsafeMutablePointer<Double>) -> (
    value: Double, slopes: Lanes
  )
) -> (result: LossResult, sums: [Double]) {
  let (c, pixels, block) = (input.classes, input.labels.pixels, 2048)
  guard normaliser > 0 else { return (.zero(input), [Double](repeating: 0, count: count)) }
  let gradient = input.compute.empty(input.logits.shape)
  let factor = Lanes(repeating: Float(1 / normaliser))
  // Each block's further sums, then its value. Added in order of the blocks.
  let stride = count + 1
  var sums = [Double](repeating: 0, count: (pixels + block - 1) / block * stride)
  sums.withUnsafeMutableBufferPointer { sums in
    input.labels.ids.withUnsafeBufferPointer { ids in
      input.compute.parallelBlocks(pixels, block: block) { b, range in
        // Summed up in memory of the block's own: two threads that write to neighbours in turns
        // would wait for each other.
        withUnsafeTemporaryAllocation(of: Double.self, capacity: stride) { part in
          part.initialize(repeating: 0)
          forTiles(input, ids.baseAddress!, range, gradient: gradient) { tile, g in
            let (value, slopes) = weigh(tile, part.baseAddress!)
            part[count] += value
            let slope = slopes * factor
            let (other, own) = (slope * tile.scale, -slope * tile.miss)
            let vectors = tile.powers
            for j in 0..<c {
              vectors[j] = (vectors[j] * other).replacing(with: own, where: tile.isOwn(j))
            }
            storeTransposed(vectors, channels: c, into: g)
          }
          for k in 0..<stride { sums[b * stride + k] = part[k] }
        }
      }
    }
  }
  var totals = [Double](repeating: 0, count: stride)
  for (i, part) in sums.enumerated() { totals[i % stride] += part }
  let value = totals.removeLast() / normaliser
  return (LossResult(value: value, gradient: gradient), totals)
}

/// The same with one constant weight a class.
func classWeightedCrossEntropy(
  _ input: LossInput, weights: [Double], normaliser: Double
) -> LossResult {
  precondition(weights.count == input.classes, "\(weights.count) weights, \(input.classes) classes")
  // By label, ignored ones included.
  let table = weights.map { Float($0) } + [Float](repeating: 0, count: 256 - weights.count)
  return table.withUnsafeBufferPointer { table in
    let w = table.baseAddress!
    return crossEntropy(input, normaliser: normaliser) { tile, _ in
      let y = tile.ids
      let weight = Lanes(
        w[Int(y[0])], w[Int(y[1])], w[Int(y[2])], w[Int(y[3])], w[Int(y[4])], w[Int(y[5])],
        w[Int(y[6])], w[Int(y[7])])
      return (sum(weight * tile.crossEntropy), weight)
    }.result
  }
}

/// sum w_y ce / sum w_y over the valid pixels, with one constant weight a class.
func weightedMeanCrossEntropy(_ input: LossInput, weights: [Double]) -> LossResult {
  let total = zip(weights, input.classPixels).reduce(0) { $0 + $1.0 * Double($1.1) }
  return classWeightedCrossEntropy(input, weights: weights, normaliser: total)
}

/// sum ce / normaliser over the valid pixels.
func plainCrossEntropy(_ input: LossInput, normaliser: Double) -> LossResult {
  classWeightedCrossEntropy(
    input, weights: [Double](repeating: 1, count: input.classes), normaliser: normaliser)
}
