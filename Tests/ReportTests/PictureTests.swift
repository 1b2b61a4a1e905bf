import Datasets
import Experiments
import Files
import Foundation
import Metrics
import Report
import Tensors
import Testing

/// Sheets of input, truth and predictions, on a tiny rendered data set.
@Suite("Pictures") struct PictureTests {
  private let folder: URL
  private let folders: DataFolders

  init() throws {
    folder = try SyntheticSweep.folder()
    folders = DataFolders(paths: [:], cache: folder.appending(path: "cache"))
  }

  private func configuration(_ loss: String, seed: UInt64) -> RunConfiguration {
    RunConfiguration(
      data: DataConfiguration(
        name: .synthia, source: .rendered,
        render: RenderConfiguration(
          seed: 5, train: 8, validation: 8, test: 8, height: 32, width: 64),
        split: .shuffled, height: 32, width: 64, augmentation: .none, evaluate: .test),
      backbone: .resnet18, width: 0.25, loss: loss,
      training: TrainingConfiguration(
        iterations: 10, batch: 4, learningRate: 0.001, checkpoint: .last), seed: seed)
  }

  /// A run that predicts one class everywhere, on two of its images.
  private func record(_ loss: String, seed: UInt64, predicting id: UInt8) throws -> RunRecord {
    let configuration = configuration(loss, seed: seed)
    let dataset = try folders.open(configuration.data, compute: Compute(threads: 1))
    let items = try dataset.items(.test)
    let run = folder.appending(path: "\(loss)-\(seed)")
    try FileManager.default.createDirectory(at: run, withIntermediateDirectories: true)
    var (matrices, predictions) = ([ConfusionMatrix](), [Int: LabelImage]())
    for (place, item) in items.enumerated() {
      let labels = try LabeledImage(reading: item, of: dataset).labels
      var matrix = ConfusionMatrix(classes: 13)
      let guess = [UInt8](repeating: id, count: labels.ids.count)
      try matrix.add(truth: labels.ids, prediction: guess)
      matrices.append(matrix)
      if place < 2 {
        predictions[place] = LabelImage(height: labels.height, width: labels.width, ids: guess)
      }
    }
    return RunRecord(
      folder: run, configuration: configuration,
      environment: RunEnvironment(
        commit: "abc", compiler: "Swift", operatingSystem: "Linux", cpu: "x", cores: 2, threads: 1,
        blas: "OpenBLAS", started: "2026-01-01T00:00:00Z", trainingSeconds: 1,
        evaluationSeconds: 1),
      split: SplitRecord(
        train: ["a"], evaluated: items.map(\.name), trainDigest: "1", evaluatedDigest: "2",
        trainClassPixels: [Int](repeating: 100, count: 13)),
      history: [], confusions: matrices, evaluatedIteration: 10, predictions: predictions)
  }

  private func sheets(_ records: [RunRecord], _ losses: [String]) -> [PictureSheet] {
    PictureSheet.all(
      records, losses: losses, folders: folders, threads: 1, minority: [.synthia: [4, 6, 8]])
  }

  /// The official color of each loss's prediction stands in its column, the truth's in its own.
  @Test(.enabled(if: gnuplot != nil, "gnuplot is not installed"))
  func columnsShowInputTruthAndPredictionsInOfficialColors() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    // Seed 1 lacks recall; sky is 0, road 2.
    let records = [
      try record("ce", seed: 1, predicting: 0), try record("ce", seed: 2, predicting: 2),
      try record("recall", seed: 2, predicting: 0),
    ]
    let sheets = sheets(records, ["ce", "weighted_ce", "recall"])
    #expect(sheets.count == 1)
    #expect(sheets[0].losses == ["ce", "recall"] && sheets[0].seed == 2)
    let input = try ReportInput(
      profile: "test", records: records, classes: [.synthia: ClassTable.synthia])
    try writeReport(input, to: folder, pictures: sheets)
    let picture = try PNG.readColor(folder.appending(path: "figures/synthia-resnet18-pictures.png"))
    let table = LabelTable.synthia
    func share(_ id: Int, columns: Range<Int>) -> Double {
      let color = table.labels[table.fileIds[id]].color
      let all = columns.count * picture.height
      let found = (0..<picture.height).reduce(0) { sum, y in
        sum
          + columns.count { x in
            Array(picture.bytes[(y * picture.width + x) * 3..<(y * picture.width + x) * 3 + 3])
              == color
          }
      }
      return Double(found) / Double(all)
    }
    // Tiles of 256 pixels with gaps of 6, from 16 on: input, truth, ce, recall.
    let starts = (0..<4).map { 16 + $0 * 262 }
    let columns = starts.map { $0 + 3..<$0 + 250 }
    #expect(share(2, columns: columns[2]) > 0.5 && share(0, columns: columns[2]) < 0.02)
    #expect(share(0, columns: columns[3]) > 0.5 && share(2, columns: columns[3]) < 0.02)
    #expect((0.03..<0.45).contains(share(2, columns: columns[1])))
    #expect(share(2, columns: columns[0]) < 0.02)
    let page = try String(contentsOf: folder.appending(path: "report.html"), encoding: .utf8)
    #expect(page.contains("Predictions of ce, recall on 2 images"))
  }

  @Test func runsWithoutKeptPredictionsGiveNoSheet() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    var record = try record("ce", seed: 1, predicting: 0)
    #expect(sheets([record], ["recall"]).isEmpty)
    record.predictions = [:]
    #expect(sheets([record], ["ce"]).isEmpty)
  }

  @Test func aLossThatWasNotRunIsNamedWithThoseThatWere() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let records = try ["recall", "ce"].map { try record($0, seed: 1, predicting: 0) }
    try PictureSheet.check(["ce", "recall"], among: records)
    let error = #expect(throws: UserError.self) {
      try PictureSheet.check(["ce", "nope"], among: records)
    }
    #expect(
      error?.description == "--pictures: no run here has the loss nope; there are ce, recall")
  }

  /// A prediction that does not fit, or of images that are there no longer, costs the sheet, not the report.
  @Test func whatCannotBePicturedIsLeftOut() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    var record = try record("ce", seed: 1, predicting: 0)
    record.predictions[0] = LabelImage(height: 16, width: 32, ids: .init(repeating: 0, count: 512))
    #expect(sheets([record], ["ce"]).isEmpty)
    record.predictions[0] = LabelImage(
      height: 32, width: 64, ids: .init(repeating: 200, count: 2048))
    #expect(sheets([record], ["ce"]).isEmpty)
    record = try self.record("ce", seed: 1, predicting: 1)
    record.split.evaluated[0] = "another"
    #expect(sheets([record], ["ce"]).isEmpty)
  }

  /// Without photographs and labels there is nothing to look at; with them, the page shows them.
  @Test func realDataIsShownWhereItsFolderIsGiven() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    var record = try record("ce", seed: 1, predicting: 0)
    record.configuration.data.source = .real
    record.configuration.data.render = nil
    #expect(sheets([record], ["ce"]).isEmpty)
    let input = try ReportInput(
      profile: "test", records: [record], classes: [.synthia: ClassTable.synthia])
    let root = try folders.root(configuration("ce", seed: 1).data, compute: Compute(threads: 1))
    let real = PictureSheet.all(
      [record], losses: nil, folders: DataFolders(paths: [.synthia: root], cache: folder),
      threads: 1, minority: [:])
    #expect(real.map(\.showsRealData) == [true])
    guard gnuplot != nil else { return }
    // Not published, but said how to see them.
    let picture = folder.appending(path: "figures/synthia-resnet18-pictures-real.png")
    try writeReport(input, to: folder)
    #expect(!FileManager.default.fileExists(atPath: picture.path))
    #expect(try text("report.html").contains("No pictures of SYNTHIA, ResNet-18"))
    try writeReport(input, to: folder, pictures: real)
    let link = "figures/synthia-resnet18-pictures-real.png"
    #expect(try text("report.html").contains("<image href=\"\(link)\""))
    #expect(try text("tables.md").contains("](\(link))"))
    let (tables, page) = (try text("tables.md"), try text("report.html"))
    #expect(!tables.contains("![Predictions") && !page.contains("No pictures of"))
    try writeReport(input, to: folder, pictures: real, isSingleFile: true)
    let copy = try Data(contentsOf: picture).base64EncodedString()
    #expect(try text("report.html").contains("href=\"data:image/png;base64,\(copy)\""))
  }

  private func text(_ name: String) throws -> String {
    try String(contentsOf: folder.appending(path: name), encoding: .utf8)
  }

  /// Cross-entropy first, then the others as tables list them, of the seed that has most of them.
  @Test func defaultIsCrossEntropyAndTheSweepsLosses() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    var records = [
      try record("recall", seed: 1, predicting: 0), try record("ce", seed: 1, predicting: 0),
      try record("ce", seed: 2, predicting: 0), try record("recall", seed: 2, predicting: 0),
      try record("my_loss", seed: 2, predicting: 0),
    ]
    func chosen() -> [PictureSheet] {
      PictureSheet.all(records, losses: nil, folders: folders, threads: 1, minority: [:])
    }
    #expect(chosen().map(\.losses) == [["ce", "recall", "my_loss"]] && chosen()[0].seed == 2)
    let copy = records[4]
    records += (0..<9).map { index in
      var another = copy
      another.folder.append(path: "\(index)")
      another.configuration.loss = "a_loss_\(index)"
      return another
    }
    let many = try #require(chosen().first)
    #expect(many.losses.count == PictureSheet.mostLosses)
    #expect(many.losses.prefix(2) == ["ce", "recall"])
  }

  /// A single pixel of weight against many of a small one.
  @Test func windowStandsWherePixelsWeighMost() {
    var labels = LabelImage(height: 30, width: 60, ids: [UInt8](repeating: 0, count: 1800))
    for y in 0..<10 { for x in 0..<20 { labels.ids[y * 60 + x] = 1 } }
    labels.ids[25 * 60 + 50] = 2
    var weights = [Double](repeating: 0, count: 256)
    (weights[1], weights[2]) = (1, 100)
    let many = PictureSheet.weightiestThird(labels, weights)
    #expect(many.x == 0 && many.y == 0)
    weights[2] = 1000
    let one = PictureSheet.weightiestThird(labels, weights)
    #expect((31...50).contains(one.x) && (16...20).contains(one.y))
  }
}
