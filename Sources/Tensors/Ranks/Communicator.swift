/// The processes (or, in tests, threads) that train one network together, each on a part of every
/// batch, as one of them sees them: itself by its rank, and the exchanges between all.
///
/// Every rank makes the same calls from one thread: those that wait, calls of `startGather`, and calls of
/// `startTranspose` are each in the same order on all ranks; between these three kinds the order is free.
/// What is gathered lies in rank order, and sums are formed from it in that order, so bits do not depend on
/// who was faster. A connection that breaks ends the program; no call returns an error.
package protocol Communicator: AnyObject, Sendable {
  /// From 0 to `count - 1`. Rank 0 alone prints and writes files.
  var rank: Int { get }
  var count: Int { get }

  /// Gathers the ranks' parts, all of one size.
  /// - Parameter all: `count` times the bytes of `part`, in rank order.
  func gather(_ part: UnsafeRawBufferPointer, into all: UnsafeMutableRawBufferPointer)

  /// Gives all ranks what the root has.
  /// - Parameter bytes: as many on every rank.
  func broadcast(_ bytes: UnsafeMutableRawBufferPointer, from root: Int)

  /// Begins what `gather` does. Both memories must stay as they are until the exchange is done.
  func startGather(
    _ part: UnsafeRawBufferPointer, into all: UnsafeMutableRawBufferPointer
  ) -> any Exchange

  /// Begins to send each rank its part of `parts`, which are of one size and in rank order, and to
  /// receive as much from each. Both memories must stay as they are until the exchange is done.
  func startTranspose(
    _ parts: UnsafeRawBufferPointer, into received: UnsafeMutableRawBufferPointer
  ) -> any Exchange

  /// Ends all ranks with status 1, after one line on standard error.
  func abort(_ line: String) -> Never
}

/// An exchange under way.
package protocol Exchange: AnyObject {
  /// Whether it is done; asking moves it on.
  func isDone() -> Bool
  /// Returns when it is done.
  func wait()
}

extension Communicator {
  /// The ranks' values, in rank order; each rank gives equally many.
  package func gathered<Value: BitwiseCopyable>(_ part: [Value]) -> [Value] {
    guard let first = part.first else { return [] }
    var all = [Value](repeating: first, count: count * part.count)
    part.withUnsafeBytes { part in all.withUnsafeMutableBytes { gather(part, into: $0) } }
    return all
  }

  /// The ranks' values, in rank order, where ranks may give different numbers of them.
  package func gathered<Value: FixedWidthInteger & BitwiseCopyable>(
    unequal part: [Value]
  ) -> [[Value]] {
    let counts = gathered([part.count])
    let longest = counts.max() ?? 0
    let padded = part + [Value](repeating: 0, count: longest - part.count)
    let all = gathered(padded)
    return counts.enumerated().map { rank, count in
      Array(all[rank * longest..<rank * longest + count])
    }
  }

  /// The ranks' tensors of one shape joined along N, in rank order.
  package func gathered(_ part: Tensor, _ compute: Compute) -> Tensor {
    var shape = part.shape
    shape.n *= count
    let all = compute.empty(shape)
    gather(part.bytes, into: all.mutableBytes)
    return all
  }

  /// Gives all ranks the tensor's elements of the root.
  package func broadcast(_ tensor: Tensor, from root: Int = 0) {
    broadcast(tensor.mutableBytes, from: root)
  }

  /// Gives all ranks the values of the root; each rank has equally many.
  package func broadcast<Value: BitwiseCopyable>(_ values: inout [Value], from root: Int = 0) {
    values.withUnsafeMutableBytes { broadcast($0, from: root) }
  }

  /// What the root has, on all ranks; the others' bytes are ignored.
  package func broadcasted(_ bytes: [UInt8], from root: Int = 0) -> [UInt8] {
    var size = [bytes.count]
    broadcast(&size, from: root)
    var all = rank == root ? bytes : [UInt8](repeating: 0, count: size[0])
    broadcast(&all, from: root)
    return all
  }

  /// Returns when every rank has come here.
  package func barrier() { _ = gathered([UInt8(0)]) }
}

extension Tensor {
  /// This rank's part of what is joined along N over all ranks.
  package func part(of ranks: any Communicator, _ compute: Compute) -> Tensor {
    precondition(shape.n % ranks.count == 0)
    var own = shape
    own.n /= ranks.count
    let part = compute.empty(own)
    part.base.update(from: base + ranks.rank * own.count, count: own.count)
    return part
  }

  package var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(elements) }
  package var mutableBytes: UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(elements)
  }
}
