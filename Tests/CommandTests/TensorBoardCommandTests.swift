import Checkpoints
import Datasets
import Experiments
import Files
import Foundation
import TestSupport
import Testing

/// `--tensorboard` and `results tensorboard`.
@Suite struct TensorBoardCommandTests {
  private let place: Workplace

  init() throws {
    place = try Workplace()
    try place.writeSweep(losses: "[recall]", iterations: 6)
  }

  private func swept(_ more: String...) throws -> String {
    let result = try Command.run(place.sweep() + more, in: place.url)
    try #require(result.status == 0, "\(result.errors)")
    #expect(result.errors.allSatisfy { !$0.contains("warning") }, "\(result.errors)")
    return try #require(place.runs().first)
  }

  private func events(_ run: String) throws -> Data {
    try Data(
      contentsOf: place.file("\(run)/tensorboard/events.out.tfevents.recallbench"))
  }

  private func records(_ run: String) throws -> [Data] {
    // Without the time, which is the first field.
    TensorBoardRecords.read(try events(run)).records.map { Data($0.dropFirst(9)) }
  }

  /// The bits of the results are those of a run without events.
  @Test func eventsChangeNothingAndAreNotPacked() throws {
    let run = try swept()
    #expect(!place.exists("\(run)/tensorboard"))
    let plain = try RunFolder.load(place.file(run))
    let arrays = try Data(contentsOf: place.file("\(run)/arrays.npz"))
    let weights = try Data(contentsOf: place.file("\(run)/weights.safetensors"))
    try FileManager.default.removeItem(at: place.file("out"))
    #expect(try swept("--tensorboard", "--checkpoint-every", "0") == run)
    #expect(try Data(contentsOf: place.file("\(run)/arrays.npz")) == arrays)
    #expect(try Data(contentsOf: place.file("\(run)/weights.safetensors")) == weights)

    // One record of the version, one for each entry, one of the evaluation, one for each picture.
    let trained = try records(run)
    #expect(trained.count == 2 + plain.history.count + plain.predictions.count)
    // What is written from the stored run is the same, also of a pack.
    let packed = try Command.run(["results", "pack", "out"], in: place.url)
    #expect(packed.status == 0, "\(packed.errors)")
    let archive = try Data(contentsOf: place.file("out/runs.npz"))
    #expect(archive.range(of: Data("tfevents".utf8)) == nil)
    try FileManager.default.removeItem(at: place.file("\(run)/tensorboard"))
    let written = try Command.run(["results", "tensorboard", "out"], in: place.url)
    #expect(written.output.contains("1 run written: tensorboard --logdir out/runs"))
    #expect(try records(run) == trained)
    #expect(try Data(contentsOf: place.file("out/runs.npz")) == archive)
  }

  @Test func interruptedRunNeitherRepeatsNorLosesSteps() throws {
    let run = try swept("--tensorboard")
    let whole = try records(run)
    try FileManager.default.removeItem(at: place.file("out"))
    let command = try Command(
      place.sweep("--tensorboard", "--checkpoint-every", "0"), in: place.url)
    let isBegun = command.wait {
      place.exists("\(run)/tensorboard/events.out.tfevents.recallbench")
    }
    #expect(isBegun)
    kill(command.process.processIdentifier, SIGKILL)
    _ = try command.finish()
    #expect(try swept("--tensorboard") == run)
    #expect(try records(run) == whole)
  }

  /// As a full disk leaves them, about which the sweep only warns.
  @Test func missingEventsOfADoneRunAreWritten() throws {
    let run = try swept("--tensorboard")
    let whole = try records(run)
    let file = place.file("\(run)/tensorboard/events.out.tfevents.recallbench")
    try events(run).dropLast(40).write(to: file)
    _ = try swept()
    #expect(try records(run).count < whole.count)
    _ = try swept("--tensorboard")
    #expect(try records(run) == whole)
  }

  @Test func folderWithoutRunsIsNamed() throws {
    let result = try Command.run(["results", "tensorboard", "camvid"], in: place.url)
    #expect(result.status == 1)
    #expect(result.errors.first?.contains("camvid: holds no finished runs") == true)
  }

  /// A line for each value, as the `tensorboard` package reads the file: tag, step, and the number
  /// or the size of the image and its first pixel.
  private static let reader = """
    import io, sys
    from tensorboard.backend.event_processing.event_file_loader import EventFileLoader
    from tensorboard.util import tensor_util
    for event in EventFileLoader(sys.argv[1]).Load():
        for value in event.summary.value:
            data = tensor_util.make_ndarray(value.tensor)
            kind = value.metadata.plugin_data.plugin_name
            shown = repr(float(data)) if kind == "scalars" else " ".join(
                [data[0].decode(), data[1].decode(), data[2][1:4].decode()])
            print("\\t".join([value.tag, str(event.step), kind, shown]))
    """

  @Test(.enabled(if: TensorBoardPython.path != nil, "\(TensorBoardPython.missing)"))
  func tensorboardReadsWhatTheRunStored() throws {
    let run = try swept("--tensorboard")
    try Data(Self.reader.utf8).write(to: place.file("read.py"))
    let file = "\(run)/tensorboard/events.out.tfevents.recallbench"
    let result = try Command(
      ["read.py", file], in: place.url,
      executable: URL(filePath: try #require(TensorBoardPython.path))
    ).finish()
    #expect(result.status == 0, "\(result.errors)")
    let lines = Set(result.output.split(separator: "\n").map(String.init))

    let record = try RunFolder.load(place.file(run))
    func line(_ tag: String, _ step: Int, _ value: Double) -> String {
      "\(tag)\t\(step)\tscalars\t\(Double(Float(value)))"
    }
    var expected: Set<String> = []
    let names = DatasetDescriptor.camvid.classes.names
    for entry in record.history {
      expected.insert(line("training/loss", entry.iteration, entry.loss))
      let scores = [
        ("mean IoU", entry.validationMeanIoU), ("mean accuracy", entry.validationMeanAccuracy),
      ]
      for case let (name, score?) in scores {
        expected.insert(line("learning curve/validation \(name)", entry.iteration, score))
      }
      for case let (name, weight?) in zip(names, entry.classWeights ?? []) {
        expected.insert(line("class weights/\(name)", entry.iteration, weight))
      }
    }
    let total = record.confusion
    for (id, name) in names.enumerated() {
      let outcomes = total.outcomes(of: id)
      if let iou = outcomes?.jaccard { expected.insert(line("IoU (test)/\(name)", 6, iou)) }
      if let recall = outcomes?.recall {
        expected.insert(line("accuracy (test)/\(name)", 6, recall))
      }
    }
    expected.insert(line("evaluation (test)/mean IoU", 6, try #require(total.meanIoU)))
    expected.insert(line("evaluation (test)/mean accuracy", 6, try #require(total.meanAccuracy)))
    for place in record.predictions.keys {
      let name = record.split.evaluated[place]
      expected.insert("predictions (test)/\(name)\t6\timages\t32 32 PNG")
    }
    #expect(!record.predictions.isEmpty)
    #expect(lines.symmetricDifference(expected) == [])
  }
}
