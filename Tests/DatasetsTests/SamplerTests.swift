import Datasets
import Files
import Foundation
import Tensors
import Testing

@Suite struct SamplerTests {
  private func same(_ a: Batch, _ b: Batch) -> Bool {
    a.images.shape == b.images.shape && a.images.array == b.images.array && a.labels == b.labels
  }

  private func sampler(
    _ store: ImageStore, _ augmentation: Augmentation = .none, batch: Int = 2, seed: UInt64 = 7
  ) -> TrainingSampler {
    TrainingSampler(
      store: store, augmentation: augmentation, height: store.height, width: store.width,
      batch: batch, seed: seed)
  }

  @Test func epochsAreConsecutivePermutations() throws {
    try withTemporaryFolder { root in
      let sampler = sampler(try Layouts.store(root, train: 7), batch: 3)
      let visited = (0..<14).flatMap { sampler.items(at: $0) }
      let epochs = (0..<6).map { Array(visited[$0 * 7..<($0 + 1) * 7]) }
      for epoch in epochs { #expect(epoch.sorted() == Array(0..<7)) }
      #expect(Set(epochs).count > 4)
    }
  }

  @Test("A batch depends on seed and iteration alone", arguments: Augmentation.allCases)
  func stateless(augmentation: Augmentation) throws {
    try withTemporaryFolder { root in
      let full = augmentation == .cityscapes
      let one = sampler(try Layouts.store(root, train: 5, full: full), augmentation)
      let two = sampler(try Layouts.store(root, train: 5, full: full, budget: 0), augmentation)
      let other = sampler(try Layouts.store(root, train: 5), augmentation, seed: 8)
      let (serial, parallel) = (Compute(threads: 1), Compute(threads: 2))
      let run = try (0..<9).map { try one.batch(at: $0, compute: serial) }
      var differs = false
      for iteration in [8, 3, 0, 6] {
        let again = try two.batch(at: iteration, compute: parallel)
        #expect(same(run[iteration], again))
        let otherBatch = try other.batch(at: iteration, compute: serial)
        differs = differs || !same(run[iteration], otherBatch)
      }
      #expect(differs)
      #expect(two.store.bytesKept == 0 && one.store.bytesKept == 5 * 6 * 8 * 4)
    }
  }

  @Test func valuesAreNormalizedWithImageNetStatistics() throws {
    try withTemporaryFolder { root in
      let store = try Layouts.store(root, train: 3)
      let batch = try EvaluationSampler(store: store).batch(images: 1..<3, compute: Compute())
      #expect(batch.images.shape == Shape(n: 2, h: 6, w: 8, c: 3))
      let (mean, deviation) = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
      for n in 0..<2 {
        let bytes = Layouts.image(n + 1, height: 6, width: 8).bytes
        for i in bytes.indices {
          let expected = (Double(bytes[i]) / 255 - mean[i % 3]) / deviation[i % 3]
          #expect(abs(Double(batch.images.base[n * bytes.count + i]) - expected) < 1e-5)
        }
        let ids = Layouts.labels(n + 1, height: 6, width: 8, classes: 12)
          .map { $0 == 11 ? LabelMap.ignored : $0 }
        #expect(Array(batch.labels.ids[n * 48..<(n + 1) * 48]) == ids)
      }
    }
  }

  @Test func evaluationResizesWhatIsKeptAtFullSize() throws {
    try withTemporaryFolder { root in
      let full = try Layouts.store(root, train: 3, height: 3, width: 4, full: true)
      let small = try Layouts.store(root, train: 3, height: 3, width: 4)
      let compute = Compute()
      let one = try EvaluationSampler(store: full).batch(images: 0..<3, compute: compute)
      let two = try EvaluationSampler(store: small).batch(images: 0..<3, compute: compute)
      #expect(same(one, two))
      #expect(try full.sample(0).height == 6 && small.sample(0).height == 3)
      #expect(
        try classPixels(of: full, compute: compute) == classPixels(of: small, compute: compute))
      #expect(
        try classPixels(of: small, compute: compute) == two.labels.histogram(classes: 11))
    }
  }

  @Test func budgetIsKept() throws {
    try withTemporaryFolder { root in
      let sample = 6 * 8 * 4
      let store = try Layouts.store(root, train: 5, budget: 2 * sample + 1)
      for i in 0..<5 { #expect(try store.sample(i).image == Layouts.image(i, height: 6, width: 8)) }
      #expect(store.bytesKept == 2 * sample)
      // Kept samples need no file any more; the others do.
      try FileManager.default.removeItem(at: root.appendingPathComponent("train"))
      #expect(try store.sample(1).image == Layouts.image(1, height: 6, width: 8))
      #expect(throws: UserError.self) { try store.sample(2) }
    }
  }

  @Test func differingSizesNameBothFiles() throws {
    try withTemporaryFolder { root in
      let store = try Layouts.store(root, train: 2)
      let item = store.items[1]
      try PNG.writeGray(height: 6, width: 7, bytes: .init(repeating: 0, count: 42), to: item.label)
      let error = #expect(throws: UserError.self) {
        try EvaluationSampler(store: store).batch(images: 0..<2, compute: Compute())
      }
      #expect(error?.path == item.image.path)
      #expect(
        error?.problem == "is 8 x 6 pixels, but its label file \(item.label.path) is 7 x 6")
    }
  }

  @Test func oneStoreServesSeveralThreads() throws {
    try withTemporaryFolder { root in
      let sampler = sampler(try Layouts.store(root, train: 6), .flip, batch: 4)
      let expected = try sampler.batch(at: 3, compute: Compute())
      let fresh = TrainingSampler(
        store: try Layouts.store(root, train: 6), augmentation: .flip, height: 6, width: 8,
        batch: 4,
        seed: 7)
      DispatchQueue.concurrentPerform(iterations: 8) { _ in
        let batch = try? fresh.batch(at: 3, compute: Compute())
        #expect(batch.map { same($0, expected) } == true)
      }
      #expect(fresh.store.bytesKept <= 6 * 6 * 8 * 4)
    }
  }
}
