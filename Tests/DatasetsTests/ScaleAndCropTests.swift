import Datasets
import Tensors
import TestSupport
import Testing

/// Against PyTorch's resizing: `Tests/Fixtures/torch/crops_fixtures.py`.
@Suite struct ScaleAndCropTests {
  private struct Case: Decodable {
    var number: Int
    var file: [Int]
    var base: [Int]?
    var scales: [Double]
    var crop: [Int]
    var flips: Bool
  }

  private func sample(_ c: Case) -> LabeledImage {
    let (h, w) = (c.file[0], c.file[1])
    let noise = filler("crops/\(c.number)/image", Shape(n: 1, h: h, w: w, c: 3)).array
    let marks = filler("crops/\(c.number)/labels", Shape(n: 1, h: h, w: w, c: 1)).array
    return LabeledImage(
      image: ColorImage(
        height: h, width: w,
        bytes: noise.map { UInt8((Double($0) * 127.5 + 127.5).rounded(.down)) }),
      labels: LabelImage(
        height: h, width: w,
        ids: marks.map { mark in
          let id = UInt8(((Double(mark) + 1) * 2.5).rounded(.down))
          return id == 4 ? LabelMap.ignored : id
        }))
  }

  @Test func twentySamplesArePyTorchs() throws {
    let fixture = try Fixture("crops")
    let cases: [Case] = try fixture.notes("cases")
    #expect(cases.count == 20)
    var (padded, off) = (0, 0)
    for c in cases {
      let transform = ScaleAndCrop(
        scales: c.scales[0]...c.scales[1],
        base: c.base.map { .init(height: $0[0], width: $0[1]) }, flips: c.flips)
      var random = RandomSource(seed: UInt64(c.number), purpose: "crops")
      let result = transform.apply(
        to: sample(c), height: c.crop[0], width: c.crop[1], random: &random)
      let labels = try fixture.array("\(c.number)/labels")
      #expect(result.labels.ids.map(Float.init) == labels, "\(c)")
      // Bytes are rounded here, and PyTorch's values are not.
      let image = try fixture.array("\(c.number)/image")
      let distances = zip(result.image.bytes, image).map { abs(Float($0) - $1) }
      #expect(distances.count == image.count && (distances.max() ?? 1) < 0.501, "\(c)")
      off += distances.count { $0 > 0.01 }
      padded += result.labels.ids.count { $0 == LabelMap.ignored }
    }
    // What would make all of the above hold for nothing.
    #expect(off > 500 && padded > 500)
  }

  @Test func atScaleOneAndFullSizeNothingChanges() throws {
    let transform = ScaleAndCrop(scales: 1...1, base: nil, flips: false)
    let c = Case(number: 1, file: [9, 12], scales: [1, 1], crop: [9, 12], flips: false)
    var random = RandomSource(seed: 3)
    #expect(transform.apply(to: sample(c), height: 9, width: 12, random: &random) == sample(c))
  }

  @Test("A batch depends on seed and iteration alone, and crops differ")
  func stateless() throws {
    try withTemporaryFolder { root in
      let store = try Layouts.store(root, train: 5, full: true)
      func batches(threads: Int, _ order: [Int]) throws -> [Int: [Float]] {
        let sampler = TrainingSampler(
          store: store, augmentation: .flip,
          crop: ScaleAndCrop(scales: 0.5...2, base: nil, flips: true), height: 16, width: 24,
          batch: 2, seed: 7)
        let compute = Compute(threads: threads)
        return try order.reduce(into: [:]) {
          $0[$1] = try sampler.batch(at: $1, compute: compute).images.array
        }
      }
      let serial = try batches(threads: 1, [0, 1, 2, 3])
      #expect(try batches(threads: 3, [3, 1, 0, 2]) == serial)
      #expect(Set(serial.values).count == 4)
    }
  }
}
