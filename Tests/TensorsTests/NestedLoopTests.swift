import Synchronization
import Tensors
import Testing

@Suite struct NestedLoopTests {
  @Test(arguments: 1...3) func aLoopInALoopRunsAllItsIterations(_ threads: Int) {
    let compute = Compute(threads: threads)
    for _ in 0..<50 {
      let sum = Mutex(0)
      compute.parallelFor(5) { i in
        compute.parallelFor(7) { j in sum.withLock { $0 += 10 * i + j } }
      }
      #expect(sum.withLock { $0 } == 7 * 100 + 5 * 21)
    }
  }
}
