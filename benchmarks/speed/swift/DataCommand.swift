import ArgumentParser
import CZlib
import Datasets
import Experiments
import Files
import Foundation
import Tensors

struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data",
    abstract: "Measure reading, decoding and augmenting, alone and during training.",
    discussion: """
      Training steps on batches from the prefetcher are compared with steps on one prepared batch, \
      in alternating blocks. The prefetcher's queue is full at the start and at the end of each of \
      its blocks, so it prepares as many batches as are used.
      """)

  @Option(help: "Blocks of training steps with and without the prefetcher.") var rounds = 5
  @Option(help: "Training steps per block.") var steps = 8
  @Option(help: ArgumentHelp("Folder for rendered images.", valueName: "folder"))
  var cache = ".build/bench-data"
  @OptionGroup var speed: SpeedOptions

  func validate() throws { try requirePositive([("rounds", rounds), ("steps", steps)]) }

  func run() throws { try speed.store(measure()) }

  /// - Returns: what was printed.
  func measure() throws -> [Figure] {
    let images = try BenchmarkImages(cache: URL(filePath: cache), threads: speed.threadCount)
    return try preparation(images) + training(images)
  }

  /// Measures images per second for each step of the preparation by itself, on one thread.
  private func preparation(_ images: BenchmarkImages) throws -> [Figure] {
    let samples = try images.items.map { try LabeledImage(reading: $0, of: images.dataset) }
    let compressed = try images.items.flatMap { item in
      try [item.image, item.label].map(CompressedSamples.init)
    }
    let store = try images.filed(height: 96, width: 192)
    var work: [(name: String, run: () throws -> Void)] = [
      (
        "read and decode",
        { for item in images.items { _ = try LabeledImage(reading: item, of: images.dataset) } }
      ),
      ("inflate alone", { for image in compressed { image.inflate() } }),
      ("from the file of decoded images", { for i in samples.indices { _ = try store.sample(i) } }),
    ]
    for augmentation in Augmentation.allCases {
      work.append(
        (
          "augment: \(augmentation.rawValue)",
          {
            var random = RandomSource(seed: 1)
            for sample in samples {
              _ = augmentation.apply(to: sample, height: 96, width: 192, random: &random)
            }
          }
        ))
    }
    let times = try alternate(work.map { Work($0.run) }, rounds: rounds)
    let size = "\(samples[0].height)x\(samples[0].width)"
    var table = TextTable("files of \(size), to 96x192, 1 thread", "ms an image", "images/s")
    let count = Double(samples.count)
    let figures = zip(work, times).map { work, times in
      let figure = Figure("data", work.name, "\(samples.count) images, 1 thread", times)
        .rated(count, "images/s")
      table.add(work.name, (figure.median / count).fixed(2), (figure.rate ?? .nan).fixed(0))
      return figure
    }
    print(table.text + "\n")
    return figures
  }

  private func training(_ images: BenchmarkImages) throws -> [Figure] {
    var table = TextTable("a training step", "prepared ms", "pipeline ms", "ratio", "min", "max")
    var figures: [Figure] = []
    let cases = [NetworkCase.all[0], NetworkCase.all[2]]
    for networkCase in cases {
      let session = try TrainingSession(networkCase, threads: speed.threadCount)
      for pipeline in BenchmarkImages.Pipeline.allCases {
        let sampler = try images.sampler(pipeline, networkCase)
        var (prepared, piped, ratio) = (Samples(), Samples(), Samples())
        for round in 0...rounds {
          let without = try seconds { for _ in 0..<steps { try session.step() } }
          let with = try pipelineSeconds(session, sampler, round: round)
          if round == 0 { continue }
          prepared.add(without / Double(steps))
          piped.add(with / Double(steps))
          ratio.add(with / without)
        }
        let subject = "\(networkCase.name), \(pipeline.rawValue)"
        figures += [
          Figure("data", subject, "step on a prepared batch", prepared),
          Figure("data", subject, "step with the pipeline", piped),
          Figure(
            section: "data", subject: subject, quantity: "ratio", unit: "ratio",
            median: ratio.median, minimum: ratio.minimum, maximum: ratio.maximum,
            repetitions: ratio.count),
        ]
        table.add(
          subject, (prepared.median * 1e3).fixed(1), (piped.median * 1e3).fixed(1),
          ratio.median.fixed(3), ratio.minimum.fixed(3), ratio.maximum.fixed(3))
      }
    }
    print(table.text)
    return figures
  }

  /// The time of one block with batches from the prefetcher.
  private func pipelineSeconds(
    _ session: TrainingSession, _ sampler: TrainingSampler, round: Int
  ) throws -> Double {
    let (warmUp, ahead) = (2, Prefetcher.depth)
    let first = round * (steps + warmUp + ahead)
    let prefetcher = Prefetcher(
      sampler: sampler, iterations: first..<first + warmUp + steps + ahead)
    defer { prefetcher.stop() }
    for _ in 0..<warmUp { _ = try session.trainer.step(prefetcher.next()) }
    return try seconds {
      for _ in 0..<steps { _ = try session.trainer.step(prefetcher.next()) }
    }
  }
}

/// Rendered street scenes on disk, and ways to feed them to a network.
struct BenchmarkImages {
  enum Pipeline: String, CaseIterable {
    /// What a data set that fits in memory costs after its first epoch.
    case kept = "decoded once, flip"
    case decoded = "decoded every time, flip"
    case augmented = "decoded every time, scale, crop, color"
    /// What a data set costs that does not fit in memory, after its first epoch.
    case filed = "from the file of decoded images, flip"
    case augmentedFiled = "from the file of decoded images, scale, crop, color"

    var isAugmented: Bool { self == .augmented || self == .augmentedFiled }
    var isFiled: Bool { self == .filed || self == .augmentedFiled }
  }

  let dataset: any Dataset
  let items: [Item]
  let cache: URL

  /// Renders what does not exist yet.
  init(cache: URL, threads: Int) throws {
    self.cache = cache
    let data = DataConfiguration(
      name: .cityscapes, source: .rendered,
      render: RenderConfiguration(
        seed: 1, train: 48, validation: 4, test: 1, height: 192, width: 384),
      split: .official, height: 96, width: 192, augmentation: .none, evaluate: .validation)
    let compute = Compute(threads: threads)
    let root = try DataFolders(paths: [:], cache: cache).root(data, compute: compute)
    dataset = try openDataset(.cityscapes, root: root, split: .official)
    items = try dataset.items(.train)
  }

  func sampler(_ pipeline: Pipeline, _ networkCase: NetworkCase) throws -> TrainingSampler {
    let (height, width) = (networkCase.rows, networkCase.columns)
    let store =
      try pipeline.isFiled
      ? filed(height: height, width: width)
      : ImageStore(
        dataset: dataset, items: items, height: height, width: width,
        keepsFullSize: pipeline.isAugmented, budget: pipeline == .kept ? 2 << 30 : 0)
    if pipeline == .kept { for index in items.indices { _ = try store.sample(index) } }
    return TrainingSampler(
      store: store, augmentation: pipeline.isAugmented ? .cityscapes : .flip, height: height,
      width: width, batch: networkCase.batch, seed: 1)
  }

  /// A store that keeps nothing in memory and everything in its file.
  func filed(height: Int, width: Int) throws -> ImageStore {
    let store = ImageStore(
      dataset: dataset, items: items, height: height, width: width, keepsFullSize: true, budget: 0,
      overflow: cache)
    for index in items.indices { _ = try store.sample(index) }
    return store
  }
}

/// The samples of a PNG file as zlib compressed them, to measure the least that reading one takes.
struct CompressedSamples {
  private var data: [UInt8] = []
  private let bytes: Int

  init(_ url: URL) throws {
    let file = [UInt8](try Data(contentsOf: url))
    func number(_ at: Int) -> Int { file[at..<at + 4].reduce(0) { $0 << 8 | Int($1) } }
    var position = 8
    while position + 12 <= file.count {
      let (length, start) = (number(position), position + 8)
      if file[start - 4..<start].elementsEqual("IDAT".utf8) { data += file[start..<start + length] }
      position = start + length + 4
    }
    let channels = [0: 1, 2: 3][file[25]] ?? 4
    bytes = number(20) * (1 + number(16) * channels)
  }

  func inflate() {
    var count = uLongf(bytes)
    let out = [UInt8](unsafeUninitializedCapacity: bytes) { out, filled in
      let code = uncompress(out.baseAddress, &count, data, uLong(data.count))
      precondition(code == Z_OK, "the samples cannot be inflated")
      filled = Int(count)
    }
    precondition(out.count == bytes)
  }
}
