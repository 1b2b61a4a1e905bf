import Checkpoints
import Datasets
import Files
import Foundation
import Metrics

/// A run as events for TensorBoard, made from what is stored with it: the training loss, validation
/// scores and class weights of its history and, once it is finished, the scores of every class and
/// the pictured predictions, colored as the data set's makers color classes. Scores are fractions.
package struct RunEvents {
  private let labels: LabelTable
  private var events: [TensorBoardEvent] = []

  /// The events of a run that is being trained.
  init(_ configuration: RunConfiguration, _ checkpoint: Checkpoint) throws {
    labels = try configuration.data.descriptor.labels
    let start = Date.now.timeIntervalSince1970 - checkpoint.trainingSeconds
    events = checkpoint.history.map { entry in
      event(
        entry, start: start, seconds: checkpoint.trainingSeconds, iterations: checkpoint.iteration)
    }
  }

  /// The events of a finished run.
  package init(_ record: RunRecord) throws {
    let configuration = record.configuration
    labels = try configuration.data.descriptor.labels
    let start = (try? Date(record.environment.started, strategy: .iso8601)) ?? .distantPast
    let (first, seconds) = (
      max(0, start.timeIntervalSince1970), record.environment.trainingSeconds
    )
    events = record.history.map { entry in
      event(
        entry, start: first, seconds: seconds, iterations: configuration.training.iterations)
    }
    events.append(
      TensorBoardEvent(
        step: record.evaluatedIteration, time: first + seconds, values: scores(of: record)))
    events += try pictures(of: record).map { picture in
      TensorBoardEvent(
        step: record.evaluatedIteration, time: first + seconds, values: [picture])
    }
  }

  /// Where the events of a run are.
  /// - Parameter run: the run's folder.
  package static func folder(_ run: URL) -> URL { run.appending(path: RunFolder.Name.events) }

  /// Writes the events into a run's folder; those that are there already stay as they are.
  package func write(to run: URL) throws {
    try TensorBoardFile(in: Self.folder(run)).update(events)
  }

  /// Iterations are taken to last equally long, since the history has no times.
  private func event(
    _ entry: HistoryEntry, start: Double, seconds: Double, iterations: Int
  ) -> TensorBoardEvent {
    let part = min(1, Double(entry.iteration) / Double(max(1, iterations)))
    return TensorBoardEvent(
      step: entry.iteration, time: start + seconds * part,
      values: scalars([
        ("training/loss", entry.loss),
        ("learning curve/validation mean IoU", entry.validationMeanIoU),
        ("learning curve/validation mean accuracy", entry.validationMeanAccuracy),
      ]) + byClass("class weights", entry.classWeights ?? []))
  }

  /// On the evaluated split, which the tags name.
  private func scores(of record: RunRecord) -> [TensorBoardEvent.Tagged] {
    let (total, split) = (record.confusion, record.configuration.data.evaluate.rawValue)
    return scalars([
      ("evaluation (\(split))/mean IoU", total.meanIoU),
      ("evaluation (\(split))/mean accuracy", total.meanAccuracy),
    ]) + byClass("IoU (\(split))", Metric.iou.perClass(total))
      + byClass("accuracy (\(split))", Metric.accuracy.perClass(total))
      + byClass("constant class weights", record.classWeights ?? [])
  }

  private func pictures(of record: RunRecord) throws -> [TensorBoardEvent.Tagged] {
    let split = record.configuration.data.evaluate.rawValue
    return try record.predictions.sorted { $0.key < $1.key }.map { place, prediction in
      let png = try encoded(prediction)
      return (
        "predictions (\(split))/\(record.split.evaluated[place])",
        .image(height: prediction.height, width: prediction.width, png: png)
      )
    }
  }

  private func scalars(_ values: [(String, Double?)]) -> [TensorBoardEvent.Tagged] {
    values.compactMap { tag, value in value.map { (tag, .scalar(Float($0))) } }
  }

  private func byClass(_ group: String, _ values: [Double?]) -> [TensorBoardEvent.Tagged] {
    let names = labels.fileIds.map { labels.labels[$0].name }
    return scalars(zip(names, values).map { ("\(group)/\($0)", $1) })
  }

  /// The PNG library writes files.
  private func encoded(_ prediction: LabelImage) throws -> Data {
    var colors = [[UInt8]](repeating: [0, 0, 0], count: 256)
    for (id, label) in labels.fileIds.enumerated() { colors[id] = labels.labels[label].color }
    let file = FileManager.default.temporaryDirectory.appending(
      path: "recallbench-\(UUID().uuidString).png")
    defer { unlink(file.path) }
    try PNG.write(
      ColorImage(
        height: prediction.height, width: prediction.width,
        bytes: prediction.ids.flatMap { colors[Int($0)] }), to: file)
    return try AtomicFile.read(file)
  }
}
