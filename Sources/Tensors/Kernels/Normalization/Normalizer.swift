/// What batch normalization does to one batch (Ioffe and Szegedy 2015): y = factor (x - mean) +
/// shift for every channel, factor = scale / sqrt(variance + epsilon), then ReLU or not.
///
/// It holds copies, so that an output can be recomputed, bit for bit, after the parameters have
/// changed.
package struct Normalizer: Sendable {
  /// Mean, factor, shift and 1 / sqrt(variance + epsilon), [4, 1, 1, C].
  private let values: Tensor
  package let relu: Bool
  /// The ranks whose pixels the moments are of; nil: this one's alone.
  package let ranks: (any Communicator)?

  /// All tensors are [1, 1, 1, C].
  /// - Parameter ranks: as in `batchMoments`.
  package init(
    mean: Tensor, variance: Tensor, scale: Tensor, shift: Tensor, epsilon: Float, relu: Bool,
    ranks: (any Communicator)? = nil, _ compute: Compute
  ) {
    let c = mean.shape.c
    values = compute.empty(Shape(n: 4, h: 1, w: 1, c: c))
    (self.relu, self.ranks) = (relu, ranks)
    let row = values.base
    for i in 0..<c {
      let deviation = (variance.base[i] + epsilon).squareRoot()
      row[i] = mean.base[i]
      row[c + i] = scale.base[i] / deviation
      row[2 * c + i] = shift.base[i]
      row[3 * c + i] = 1 / deviation
    }
  }

  var channels: Int { values.shape.c }

  /// What is added before the ReLU.
  package enum Residual {
    case none
    /// Of the output's shape.
    case tensor(Tensor)
    /// Normalized on the fly; of the output's shape.
    case normalized(Tensor, Normalizer)
  }

  /// The output, [N, H, W, C] like x.
  ///
  /// - Parameter inPlace: x is no longer needed, and its memory becomes the output's.
  package func output(
    of x: Tensor, residual: Residual = .none, inPlace: Bool = false, _ compute: Compute
  ) -> Tensor {
    let y = inPlace ? x : compute.empty(x.shape)
    let c = channels
    compute.parallelRows(x.shape.pixels, c) { range in
      switch residual {
      case .none:
        forRows(range, c, Fill(self, y.base, from: x.base, NoAddend()))
      case .tensor(let tensor):
        forRows(range, c, Fill(self, y.base, from: x.base, TensorAddend(tensor: tensor.base)))
      case .normalized(let tensor, let other):
        let addend = NormalizedAddend(tensor: tensor.base, constants: other.constants)
        forRows(range, c, Fill(self, y.base, from: x.base, addend))
      }
    }
    return y
  }

  /// Consecutive rows of the output, without a residual.
  func fill(_ y: UnsafeMutablePointer<Float>, from x: UnsafePointer<Float>, rows: Int) {
    forRows(0..<rows, channels, Fill(self, y, from: x, NoAddend()))
  }

  private struct Fill<Added: Addend>: RowKernel {
    let own: Constants
    let floor: ChannelLanes
    let y: UnsafeMutablePointer<Float>
    let x: UnsafePointer<Float>
    let addend: Added

    init(
      _ own: Normalizer, _ y: UnsafeMutablePointer<Float>, from x: UnsafePointer<Float>,
      _ addend: Added
    ) {
      (self.own, self.y, self.x, self.addend) = (own.constants, y, x, addend)
      floor = ChannelLanes(repeating: own.relu ? 0 : -.infinity)
    }

    @inline(__always)
    func callAsFunction(rows: Int, at o: Int, stride c: Int, channel i: Int, lanes n: Int) {
      let k = own.at(i, n)
      for row in 0..<rows {
        let o = o &+ row &* c
        let value = addend(to: k.value(load(x + o, n)), o, i, n)
        store(larger(value, floor), y + o, n)
      }
    }
  }

  /// The per-channel values, for loops; valid as long as the normalizer.
  struct Constants {
    let mean: UnsafePointer<Float>
    let factor: UnsafePointer<Float>
    let shift: UnsafePointer<Float>
    /// 1 / sqrt(variance + epsilon).
    let inverse: UnsafePointer<Float>

    struct Channels {
      let mean: ChannelLanes
      let factor: ChannelLanes
      let shift: ChannelLanes

      /// Subtracting the mean first keeps channels of small variance exact.
      @inline(__always)
      func value(_ x: ChannelLanes) -> ChannelLanes { shift.addingProduct(x - mean, factor) }
    }

    @inline(__always)
    func at(_ channel: Int, _ lanes: Int) -> Channels {
      Channels(
        mean: load(mean + channel, lanes), factor: load(factor + channel, lanes),
        shift: load(shift + channel, lanes))
    }
  }

  var constants: Constants {
    let (row, c) = (UnsafePointer(values.base), channels)
    return Constants(mean: row, factor: row + c, shift: row + 2 * c, inverse: row + 3 * c)
  }
}

/// What is added before the ReLU, element by element.
protocol Addend {
  func callAsFunction(to value: ChannelLanes, _ offset: Int, _ channel: Int, _ lanes: Int)
    -> ChannelLanes
}

struct NoAddend: Addend {
  @inline(__always)
  func callAsFunction(to value: ChannelLanes, _ o: Int, _ i: Int, _ n: Int) -> ChannelLanes {
    value
  }
}

struct TensorAddend: Addend {
  let tensor: UnsafePointer<Float>

  @inline(__always)
  func callAsFunction(to value: ChannelLanes, _ o: Int, _ i: Int, _ n: Int) -> ChannelLanes {
    value + load(tensor + o, n)
  }
}

struct NormalizedAddend: Addend {
  let tensor: UnsafePointer<Float>
  let constants: Normalizer.Constants

  @inline(__always)
  func callAsFunction(to value: ChannelLanes, _ o: Int, _ i: Int, _ n: Int) -> ChannelLanes {
    value + constants.at(i, n).value(load(tensor + o, n))
  }
}
