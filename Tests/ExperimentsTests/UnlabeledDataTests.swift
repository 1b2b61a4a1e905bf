import BundleSupport
import Datasets
import Experiments
import Files
import Foundation
import Tensors
import TestSupport
import Testing

/// Nothing is trained or scored where nothing is labeled.
@Suite struct UnlabeledDataTests {
  private static let images = 4
  private let temporary: TemporaryFolder
  private let dataset: CamVidDataset

  init() throws {
    temporary = try TemporaryFolder()
    dataset = try writeCamVid(
      to: temporary.file("camvid"), sizes: Array(repeating: (33, 40), count: Self.images))
  }

  private func void(_ split: String, _ images: Range<Int>) throws {
    for image in images {
      try PNG.writeGray(
        height: 33, width: 40, bytes: [UInt8](repeating: 11, count: 33 * 40),
        to: temporary.file("camvid/\(split)annot/\(image).png"))
    }
  }

  private let configuration = RunConfiguration(
    data: DataConfiguration(
      name: .camvid, source: .real, split: .official, height: 33, width: 40, augmentation: .none,
      evaluate: .test),
    backbone: .resnet18, width: 1 / 16, loss: "ce",
    training: TrainingConfiguration(
      iterations: 8, batch: 2, learningRate: 1e-3, checkpoint: .last), seed: 1)

  private func data(validating: Bool = false) throws -> RunData {
    try RunData(
      configuration.data, dataset: dataset, needsValidation: validating,
      compute: Compute(threads: 2))
  }

  @Test(arguments: [("train", "train"), ("val", "validation"), ("test", "test")])
  func splitWithoutALabelIsRefused(folder: String, split: String) throws {
    try void(folder, 0..<Self.images - 1)
    _ = try data(validating: true)
    try void(folder, 0..<Self.images)
    let problem = failure { _ = try data(validating: true) }
    #expect(
      problem?.contains(
        "\(folder)annot/0.png: and the other label files of the \(split) split are void")
        == true, "\(problem ?? "")")
  }

  @Test func labelsThatVanishAtTheSizeOfTheSweepAreNotCalledVoidFiles() throws {
    try void("train", 0..<Self.images)
    var ids = [UInt8](repeating: 11, count: 33 * 40)
    // Between the rows that a third of the height samples.
    ids[2 * 40 + 1] = 0
    try PNG.writeGray(
      height: 33, width: 40, bytes: ids, to: temporary.file("camvid/trainannot/2.png"))
    var small = configuration.data
    (small.height, small.width) = (11, 20)
    let problem = failure {
      _ = try RunData(
        small, dataset: dataset, needsValidation: false, compute: Compute(threads: 2))
    }
    #expect(
      problem?.contains(
        "trainannot/0.png: and the other label files of the train split are void at 20 x 11 pixels")
        == true, "\(problem ?? "")")
  }

  @Test func batchesWithoutALabelAreCounted() throws {
    try void("train", 0..<Self.images - 1)
    let (data, compute) = (try data(), Compute(threads: 2))
    let folder = try RunFolder(SweepFolder(temporary.file("out")), configuration: configuration)
    try folder.prepare()
    try trainRun(
      configuration, data: data, folder: folder, compute: compute, checkpointEverySeconds: 1e9,
      environment: exampleEnvironment, progress: { _ in }, isInterrupted: { false })
    let history = try RunFolder.load(folder.url).history
    // In each of the four epochs of two batches, one of them holds the labeled image.
    #expect(history.compactMap(\.unlabeledBatches).reduce(0, +) == 4)
    #expect(history.filter { $0.unlabeledBatches != nil }.allSatisfy { $0.loss == 0 })
    #expect(history.count { $0.unlabeledBatches == nil } == 4)
  }
}
