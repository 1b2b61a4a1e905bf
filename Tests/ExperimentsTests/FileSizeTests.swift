import BundleSupport
import Datasets
import Experiments
import Files
import Foundation
import Metrics
import Models
import Tensors
import TestSupport
import Testing

/// `evaluate_size: files`: a network's small logits against labels of other sizes, by a computation of
/// its own.
@Suite struct FileSizeTests {
  private static let sizes: [(height: Int, width: Int)] = [(48, 40), (33, 70), (64, 64), (25, 31)]
  private let temporary: TemporaryFolder
  private let dataset: CamVidDataset

  init() throws {
    temporary = try TemporaryFolder()
    dataset = try writeCamVid(to: temporary.file("camvid"), sizes: Self.sizes)
  }

  private func record(
    _ augmentation: Augmentation, threads: Int = 2, name: String = "out"
  ) throws -> (record: RunRecord, network: SegmentationNetwork) {
    var data = DataConfiguration(
      name: .camvid, source: .real, split: .official, height: 24, width: 32,
      augmentation: augmentation, evaluate: .test)
    data.scoredSize = .files
    let configuration = RunConfiguration(
      data: data, backbone: .resnet18, width: 1 / 16, loss: "recall",
      training: TrainingConfiguration(
        iterations: 3, batch: 3, learningRate: 1e-2, checkpoint: .last, validateEvery: 3),
      seed: 1,
      evaluation: EvaluationConfiguration(
        priorCorrection: [0, 0.5, 1], boundary: true, calibration: true))
    let compute = Compute(threads: threads)
    let images = try RunData(data, dataset: dataset, needsValidation: true, compute: compute)
    let folder = try RunFolder(SweepFolder(temporary.file(name)), configuration: configuration)
    try folder.prepare()
    try trainRun(
      configuration, data: images, folder: folder, compute: compute, checkpointEverySeconds: 1e9,
      environment: exampleEnvironment, progress: { _ in }, isInterrupted: { false })
    let network = configuration.makeNetwork(classes: 11)
    try network.load(RunFolder.loadWeights(folder.url))
    return (try RunFolder.load(folder.url), network)
  }

  /// Logits at a pixel of an enlarged image, in double precision.
  private func enlarged(_ z: Tensor, _ y: Int, _ x: Int, _ height: Int, _ width: Int) -> [Double] {
    func taps(_ i: Int, _ from: Int, _ to: Int) -> (Int, Int, Double) {
      let position = max(0, (Double(i) + 0.5) * Double(from) / Double(to) - 0.5)
      let first = min(from - 1, Int(position))
      return (first, min(from - 1, first + 1), position - Double(first))
    }
    let ((a, b, v), (c, d, w)) = (taps(y, z.shape.h, height), taps(x, z.shape.w, width))
    return (0..<z.shape.c).map { k in
      let top = (1 - w) * Double(z[0, a, c, k]) + w * Double(z[0, a, d, k])
      let bottom = (1 - w) * Double(z[0, b, c, k]) + w * Double(z[0, b, d, k])
      return (1 - v) * top + v * bottom
    }
  }

  /// - Parameter augmentation: with crops, the network gets whole files.
  @Test(arguments: [Augmentation.flip, .cityscapes])
  func countsAreThoseOfTheLabelFiles(augmentation: Augmentation) throws {
    let (record, network) = try record(augmentation)
    let shares = PriorCorrection(taus: [0], classPixels: record.split.trainClassPixels).logShares
    let compute = Compute(threads: 1)
    var calibration = Calibration(classes: 11)
    for (index, item) in try dataset.items(.test).enumerated() {
      let image = try PNG.readColor(item.image)
      let labels = try dataset.readLabels(item)
      let input = augmentation == .flip ? image.resized(height: 24, width: 32) : image
      var context = PassContext(training: false, compute: compute)
      let z = network.forward(input.tensor(.imageNet, compute), &context).output
      let logits = (0..<labels.ids.count).map {
        enlarged(z, $0 / labels.width, $0 % labels.width, labels.height, labels.width)
      }
      for (tau, matrices) in [(0.0, record.confusions)]
        + [0, 0.5, 1].map({ ($0, record.corrected?.matrices(tau: $0) ?? []) })
      {
        var (matrix, doubtful) = (ConfusionMatrix(classes: 11), 0)
        var predicted: [UInt8] = []
        for z in logits {
          let shifted = zip(z, shares).map { $0 - tau * $1 }
          let sorted = shifted.sorted()
          if sorted[10] - sorted[9] < 1e-4 { doubtful += 1 }
          predicted.append(UInt8(shifted.firstIndex(of: sorted[10]) ?? 0))
        }
        try matrix.add(truth: labels.ids, prediction: predicted)
        let stored = matrices[index].counts
        let moved = zip(matrix.counts, stored).reduce(0) { $0 + abs($1.0 - $1.1) }
        #expect(moved <= 2 * doubtful && doubtful < 10, "tau \(tau) of \(item.name)")
        #expect(stored.reduce(0, +) == labels.ids.count { $0 != 255 })
        guard tau == 0 else { continue }
        let width = try #require(boundaryWidth(height: labels.height, width: labels.width))
        var boundary = BoundaryCounts(classes: 11)
        boundary.add(
          truth: labels.ids, prediction: predicted, width: labels.width, boundary: width,
          ignored: 255)
        let counted = try #require(record.boundaries?[index])
        #expect(counted.truth == boundary.truth)
        if moved == 0 { #expect(counted == boundary) }
      }
      let predicted = logits.map { z in UInt8(z.firstIndex(of: z.max() ?? 0) ?? 0) }
      calibration.add(
        logits: logits.flatMap { $0.map { Float($0) } }, prediction: predicted, truth: labels.ids,
        ignored: 255)
    }
    let stored = try #require(record.calibration)
    #expect(abs(try #require(stored.expectedError) - calibration.expectedError!) < 1e-3)
    #expect(abs(try #require(stored.classwiseError) - calibration.classwiseError!) < 1e-3)
    #expect(record.history.last?.validationMeanIoU != nil)
  }

  /// Kept predictions are at the network's size, and the images beside them, too.
  @Test(arguments: [Augmentation.flip, .cityscapes])
  func picturesHaveTheSizeOfTheInput(augmentation: Augmentation) throws {
    let (record, _) = try record(augmentation)
    #expect(record.predictions.count == 4)
    #expect(record.predictions.values.allSatisfy { $0.height == 24 && $0.width == 32 })
    let images = try record.evaluatedImages(Array(record.predictions.keys), of: dataset)
    #expect(images.values.allSatisfy { $0.height == 24 && $0.width == 32 })
  }

  @Test func bitsDoNotDependOnThreads() throws {
    let (one, three) = (
      try record(.flip, threads: 1, name: "one").record,
      try record(.flip, threads: 3, name: "three").record
    )
    #expect(one.differences(from: three).isEmpty)
  }
}
