extension Normalizer {
  /// The backward pass of `output` on batch moments.
  ///
  /// The ReLU's mask is the sign of the output's value, recomputed. The result overwrites dy's
  /// memory if the caller gave up the only reference to it.
  ///
  /// - Parameters:
  ///   - dy: gradient of the output, [N, H, W, C].
  ///   - x, residual: as in the forward pass.
  ///   - scaleGradient, shiftGradient: [1, 1, 1, C], accumulated; of all ranks' pixels where the
  ///     moments are.
  /// - Returns: the gradient of x, and where there is a residual its gradient (dy behind the ReLU).
  package func backward(
    _ dy: consuming Tensor, x: Tensor, residual: Residual = .none, scaleGradient: Tensor,
    shiftGradient: Tensor, _ compute: Compute
  ) -> (dx: Tensor, residual: Tensor?) {
    let target = compute.reusing(&dy)
    let dy = dy
    let c = channels
    let block = rowBlock(c)
    let blocks = (x.shape.pixels + block - 1) / block
    let parts = compute.empty(Shape(n: blocks, h: 2, w: 1, c: c))
    compute.parallelSums(x.shape.pixels, c) { b, range, channels in
      let sums = parts.base + 2 * b * c
      for row in 0..<2 {
        (sums + row * c + channels.lowerBound).update(repeating: 0, count: channels.count)
      }
      func reduce(_ addend: some Addend, storing out: UnsafeMutablePointer<Float>?) {
        let terms = MaskedTerms(self, dy: dy.base, x: x.base, addend, storing: out)
        forRows(range, c, channels: channels, RowSumPair(sums: sums, terms: terms))
      }
      switch residual {
      case .none: reduce(NoAddend(), storing: nil)
      case .tensor(let tensor): reduce(TensorAddend(tensor: tensor.base), storing: target.base)
      case .normalized(let tensor, let other):
        reduce(
          NormalizedAddend(tensor: tensor.base, constants: other.constants), storing: target.base)
      }
    }
    let slope = slope(
      parts, pixels: x.shape.pixels, onto: scaleGradient, shiftGradient, compute)
    if case .none = residual {
      fill(target, slope, dy, x, masks: relu, compute)
      return (target, nil)
    }
    let dx = compute.empty(x.shape)
    fill(dx, slope, target, x, masks: false, compute)
    return (dx, target)
  }

  /// The gradient behind the ReLU, and its product with x - mean. The mask is cheaper to compute
  /// twice than to store, unless the masked gradient is asked for: it is a residual's.
  private struct MaskedTerms<Added: Addend>: RowTermPair {
    let own: Constants
    let threshold: ChannelLanes
    let dy: UnsafePointer<Float>
    let x: UnsafePointer<Float>
    let addend: Added
    let out: UnsafeMutablePointer<Float>?

    init(
      _ own: Normalizer, dy: UnsafePointer<Float>, x: UnsafePointer<Float>, _ addend: Added,
      storing out: UnsafeMutablePointer<Float>?
    ) {
      (self.own, self.dy, self.x, self.addend, self.out) = (own.constants, dy, x, addend, out)
      threshold = ChannelLanes(repeating: own.relu ? 0 : -.infinity)
    }

    @inline(__always)
    func callAsFunction(_ o: Int, _ i: Int, _ n: Int) -> (ChannelLanes, ChannelLanes) {
      let (k, x) = (own.at(i, n), load(x + o, n))
      let value = addend(to: k.value(x), o, i, n)
      let d = load(dy + o, n).replacing(with: 0, where: value .<= threshold)
      if let out { store(d, out + o, n) }
      return (d, d * (x - k.mean))
    }
  }

  /// x's gradient from the sums.
  private func fill(
    _ dx: Tensor, _ slope: Tensor, _ d: Tensor, _ x: Tensor, masks: Bool, _ compute: Compute
  ) {
    let c = channels
    compute.parallelRows(x.shape.pixels, c) { range in
      forRows(
        range, c,
        Slope(
          own: constants, threshold: ChannelLanes(repeating: masks ? 0 : -.infinity),
          means: slope.base, products: slope.base + c, d: d.base, x: x.base, dx: dx.base))
    }
  }

  private struct Slope: RowKernel {
    let own: Constants
    let threshold: ChannelLanes
    let means: UnsafePointer<Float>
    let products: UnsafePointer<Float>
    let d: UnsafePointer<Float>
    let x: UnsafePointer<Float>
    let dx: UnsafeMutablePointer<Float>

    @inline(__always)
    func callAsFunction(rows: Int, at o: Int, stride c: Int, channel i: Int, lanes n: Int) {
      let (k, m, p) = (own.at(i, n), load(means + i, n), load(products + i, n))
      for row in 0..<rows {
        let o = o &+ row &* c
        let x = load(x + o, n)
        let d = load(d + o, n).replacing(with: 0, where: k.value(x) .<= threshold)
        store((k.factor * d - m) - p * (x - k.mean), dx + o, n)
      }
    }
  }

  /// - Parameter pixels: of this rank.
  /// - Returns: the terms of x's gradient besides the masked gradient, [2, 1, 1, C].
  private func slope(
    _ parts: Tensor, pixels: Int, onto scaleGradient: Tensor, _ shiftGradient: Tensor,
    _ compute: Compute
  ) -> Tensor {
    let (c, own) = (parts.shape.c, constants)
    let count = Double(pixels * (ranks?.count ?? 1))
    let slope = compute.empty(Shape(n: 2, h: 1, w: 1, c: c))
    forChannelTotals(c, sums: 2, over: ranks, compute) { channels, totals in
      let (sum, product) = (totals[0], totals[1])
      for b in 0..<parts.shape.n {
        let part = parts.base + 2 * b * c + channels.lowerBound
        for i in 0..<channels.count {
          sum[i] += Double(part[i])
          product[i] += Double(part[c + i])
        }
      }
    } finish: { channels, totals in
      totals.addRanks(channels.count)
      let (sum, product) = (totals[0], totals[1])
      for i in 0..<channels.count {
        let channel = channels.lowerBound + i
        let inverse = Double(own.inverse[channel])
        scaleGradient.base[channel] += Float(product[i] * inverse)
        shiftGradient.base[channel] += Float(sum[i])
        // dx = factor (d - sum / M - (x - mean) inverse^2 product / M)
        let factor = Double(own.factor[channel]) / count
        slope.base[channel] = Float(factor * sum[i])
        slope.base[c + channel] = Float(factor * inverse * inverse * product[i])
      }
    }
    return slope
  }
}
