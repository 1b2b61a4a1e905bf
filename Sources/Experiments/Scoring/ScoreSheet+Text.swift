import Files
import Foundation
import Metrics

extension ScoreSheet {
  /// A table in percent: one line per class, then the mean, then the categories if there are any.
  package var table: String {
    let classHeads = Metric.all.map(\.title) + (hasInstances ? ["iIoU"] : [])
    let instanceIoU = instanceIoU
    var lines = [
      "\(title), \(images.count) images, pixel accuracy \(Self.percent(confusion.pixelAccuracy))"
    ]
    let categories = categories
    let width = (names + categories.map(\.name)).map(\.count).max() ?? 0
    func line(_ name: String, _ cells: [String]) -> String {
      let padded = cells.map { String(repeating: " ", count: max(1, 11 - $0.count)) + $0 }
      return name.padding(toLength: width, withPad: " ", startingAt: 0) + padded.joined()
    }
    func cells(instance: Double?, _ score: (Metric) -> Double?) -> [String] {
      (Metric.all.map(score) + (hasInstances ? [instance] : [])).map(Self.percent)
    }
    lines.append(line("", classHeads))
    for id in confusion.scored {
      let scores = cells(instance: instanceIoU[id]) { confusion.score($0, of: id) }
      lines.append(line(names[id], scores))
    }
    lines.append(
      line("mean", cells(instance: mean(instanceIoU)) { $0.mean(confusion) }))
    guard !categories.isEmpty else { return lines.joined(separator: "\n") }
    func cells(iou: Double?, instance: Double?) -> [String] {
      Metric.all.map { $0 == .iou ? Self.percent(iou) : "" }
        + (hasInstances ? [Self.percent(instance)] : [])
    }
    lines.append(line("", []))
    for category in categories where category.name != "void" {
      lines.append(line(category.name, cells(iou: category.iou, instance: category.instanceIoU)))
    }
    lines.append(
      line(
        "mean",
        cells(
          iou: mean(categories.map(\.iou)), instance: mean(categories.map(\.instanceIoU)))))
    return lines.map(Self.trimmed).joined(separator: "\n")
  }

  /// One row per image and class, and one for each image's mean: fractions with all digits, empty
  /// where undefined.
  package var perImageCSV: String {
    var text =
      "image,class,true_pixels,predicted_pixels,\(ClassScores.names.joined(separator: ","))\n"
    func row(_ image: String, _ name: String, _ pixels: [Int], _ scores: ClassScores) {
      let fields =
        [image, name] + pixels.map(String.init)
        + scores.values.map { $0.map { String($0) } ?? "" }
      text += csvLine(fields) + "\n"
    }
    for image in images {
      let confusion = image.confusion
      for id in confusion.scored {
        guard let outcomes = confusion.outcomes(of: id) else { continue }
        row(
          image.name, names[id], [confusion.truePixels(of: id), confusion.predictedPixels(of: id)],
          ClassScores(outcomes))
      }
      // Every scored pixel has a true class, but an ignored id does not count as a prediction.
      let predicted = confusion.scored.reduce(0) { $0 + confusion.predictedPixels(of: $1) }
      row(image.name, "mean", [confusion.pixels, predicted], ClassScores(meanOf: confusion))
    }
    return text
  }

  static func percent(_ fraction: Double?) -> String {
    fraction.map { String(format: "%.2f", 100 * $0) } ?? "-"
  }

  private static func trimmed(_ line: String) -> String {
    String(line.reversed().drop { $0 == " " }.reversed())
  }
}
