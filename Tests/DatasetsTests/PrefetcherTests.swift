import Datasets
import Files
import Foundation
import Tensors
import Testing

@Suite(.timeLimit(.minutes(2))) struct PrefetcherTests {
  private func sampler(_ root: URL) throws -> TrainingSampler {
    TrainingSampler(
      store: try Layouts.store(root, train: 5), augmentation: .flip, height: 6, width: 8, batch: 2,
      seed: 3)
  }

  @Test func yieldsTheSamplersBatchesInOrder() throws {
    try withTemporaryFolder { root in
      let sampler = try sampler(root)
      let prefetcher = Prefetcher(sampler: sampler, iterations: 4..<15)
      for iteration in 4..<15 {
        let (got, expected) = (
          try prefetcher.next(), try sampler.batch(at: iteration, compute: Compute())
        )
        #expect(got.images.array == expected.images.array && got.labels == expected.labels)
      }
      prefetcher.stop()
      #expect(throws: CancellationError.self) { try prefetcher.next() }
    }
  }

  @Test("Stopping at any moment ends it", arguments: 0..<8)
  func stopsEarly(taken: Int) throws {
    try withTemporaryFolder { root in
      let prefetcher = Prefetcher(sampler: try sampler(root), iterations: 0..<1000)
      for _ in 0..<taken { _ = try prefetcher.next() }
      if taken % 2 == 1 { Thread.sleep(forTimeInterval: 0.05) }
      prefetcher.stop()
      prefetcher.stop()
      #expect(throws: CancellationError.self) { try prefetcher.next() }
    }
  }

  @Test func anAbandonedOneStops() throws {
    try withTemporaryFolder { root in
      var prefetcher: Prefetcher? = Prefetcher(sampler: try sampler(root), iterations: 0..<1000)
      weak let seen = prefetcher
      _ = try prefetcher?.next()
      prefetcher = nil
      #expect(seen == nil)
    }
  }

  @Test func noIterationsNeedNoThread() throws {
    try withTemporaryFolder { root in
      Prefetcher(sampler: try sampler(root), iterations: 5..<5).stop()
    }
  }

  @Test("An unreadable file is passed on, after the batches before it, and again")
  func errors() throws {
    try withTemporaryFolder { root in
      let sampler = try sampler(root)
      // Two images a batch: the third batch starts with the last of the first epoch's five.
      let bad = sampler.store.items[sampler.items(at: 2)[0]]
      try Data("no image".utf8).write(to: bad.image)
      let prefetcher = Prefetcher(sampler: sampler, iterations: 0..<10)
      for _ in 0..<2 { _ = try prefetcher.next() }
      for _ in 0..<2 {
        let error = #expect(throws: UserError.self) { try prefetcher.next() }
        #expect(error?.path == bad.image.path)
      }
      prefetcher.stop()
    }
  }
}
