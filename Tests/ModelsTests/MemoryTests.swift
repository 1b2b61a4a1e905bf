import Models
import Synchronization
import Tensors
import TestSupport
import Testing

/// What a training step holds, and that holding less changes no bit.
@Suite struct MemoryTests {
  enum Kind: CaseIterable {
    case resnet18
    /// A stage of more blocks than one segment whose outputs are made again.
    case bottlenecks
    case decoder

    func network() -> SegmentationNetwork {
      let long = Backbone(.init(bottleneck: true, blocks: [3, 2, 11, 2]))
      return switch self {
      case .resnet18: SegmentationNetwork(DeepLabV3(.resnet18, classes: 4, width: 1 / 8, seed: 1))
      case .bottlenecks: SegmentationNetwork(DeepLabV3(long, classes: 4, width: 1 / 8, seed: 1))
      case .decoder:
        SegmentationNetwork(DeepLabV3Plus(.resnet18Authors, classes: 4, width: 1 / 8, seed: 1))
      }
    }
  }
  private let images = randomTensor(Shape(n: 2, h: 128, w: 160, c: 3), seed: 1)

  /// Notes how much memory is lent when a gradient is known.
  private final class Watch: ParameterUpdate, Sendable {
    private let noted = Mutex<[Int]>([])

    var used: [Int] { noted.withLock { $0 } }

    func apply(_ gradient: Tensor, to parameter: Parameter, _ compute: Compute) {
      noted.withLock { $0.append(compute.cache.usedFloats) }
    }
  }

  private func context(_ compute: Compute) -> PassContext {
    PassContext(training: true, random: RandomSource(seed: 3), compute: compute)
  }

  @Test(arguments: Kind.allCases) func savedValuesAreLetGoOnTheWayBack(kind: Kind) {
    let (network, compute, watch) = (kind.network(), Compute(threads: 2), Watch())
    var context = context(compute)
    let (y, saved) = network.forward(images, &context)
    let held = compute.cache.usedFloats
    _ = network.backward(consume y, consume saved, BackwardPass(compute, updating: watch))
    let used = watch.used
    #expect(used.count == network.parameters.count)
    // What is made again on the way fits into what has been let go before it.
    #expect(used.allSatisfy { $0 < held + held / 5 }, "\(held): \(used)")
    // In the end there are the stem's output, its gradient and that of its weights.
    let stem = images.shape.count / 4 * 8 / 3
    #expect(used[used.count - 1] < 2 * stem + stem / 4, "\(held): \(used)")
    #expect(compute.cache.usedFloats == 0)
  }

  /// The outputs that are made again and the gradients whose memory is shared give the weights that
  /// gradients kept with every parameter give.
  @Test(arguments: Kind.allCases) func updatingOnTheWayIsUpdatingAfterwards(kind: Kind) {
    func weights(onTheWay: Bool) -> [[Float]] {
      let compute = Compute(threads: 2)
      let network = kind.network()
      let adam = Adam(network.parameters, learningRate: 1e-3)
      for _ in 0..<2 {
        var context = context(compute)
        let (y, saved) = network.forward(images, &context)
        if onTheWay {
          _ = network.backward(y, saved, BackwardPass(compute, updating: adam.nextStep()))
        } else {
          _ = network.backward(y, saved, compute)
          adam.update(compute)
        }
      }
      return network.parameters.map(\.value.array) + adam.secondMoments.map(\.array)
    }
    #expect(weights(onTheWay: true) == weights(onTheWay: false))
  }

  /// Nothing is asked of the system after the second step, nor by evaluation at that size.
  @Test(arguments: Kind.allCases) func nothingIsAllocatedInTheSteadyState(kind: Kind) {
    let (network, compute) = (kind.network(), Compute(threads: 1))
    var allocated: [Int] = []
    for _ in 0..<5 {
      var context = context(compute)
      let (y, saved) = network.forward(images, &context)
      _ = network.backward(
        consume y, consume saved, BackwardPass(compute, updating: Watch()))
      allocated.append(compute.cache.allocatedFloats)
    }
    var evaluation = PassContext(training: false, compute: compute)
    _ = network.forward(images, &evaluation)
    allocated.append(compute.cache.allocatedFloats)
    #expect(allocated[1] > 0 && Set(allocated[1...]).count == 1, "\(allocated)")
  }

  /// Evaluation holds a few activations of one layer, and no gradients.
  @Test func evaluationKeepsNothing() {
    let (network, compute) = (Kind.bottlenecks.network(), Compute(threads: 2))
    var training = context(compute)
    let trained = network.forward(images, &training)
    let held = compute.cache.usedFloats
    withExtendedLifetime(trained) {}
    let other = Compute(threads: 2)
    var evaluation = PassContext(training: false, compute: other)
    let (y, saved) = network.forward(images, &evaluation)
    #expect(saved == nil)
    #expect(other.cache.usedFloats <= y.count + 16 && held > 10 * y.count)
  }
}
