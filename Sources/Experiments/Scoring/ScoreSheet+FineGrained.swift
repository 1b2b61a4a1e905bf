import Foundation
import Metrics

extension ScoreSheet {
  /// Means over images, over each class's images, and of the worst of these; see `FineGrained`.
  var fineGrained: FineGrained { FineGrained(images.map(\.confusion)) }

  /// A table in percent: one line for each way to average, one column for each of the paper's metrics.
  package var grainTable: String {
    let grains = fineGrained
    let titles = Grain.all.map { "\($0.title) (\($0.symbol))" }
    let width = titles.map(\.count).max() ?? 0
    func line(_ title: String, _ cells: [String]) -> String {
      title.padding(toLength: width, withPad: " ", startingAt: 0)
        + cells.map { String(repeating: " ", count: max(1, 16 - $0.count)) + $0 }.joined()
    }
    let head = line("", Metric.ofPaper.map { ClassMean($0).title })
    let rows = zip(Grain.all, titles).map { grain, title in
      line(title, Metric.ofPaper.map { Self.percent(grains.mean($0, grain)) })
    }
    return ([head] + rows).joined(separator: "\n")
  }
}

/// The same as JSON: by metric and name of the grain, null where undefined.
struct FineGrainedEntry: Encodable {
  private let values: [String: [String: Double?]]

  init(_ sheet: ScoreSheet) {
    let grains = sheet.fineGrained
    let entries = Metric.ofPaper.map { metric in
      let scores = Grain.all.map { ($0.name, grains.mean(metric, $0)) }
      return (metric.name, Dictionary(uniqueKeysWithValues: scores))
    }
    values = Dictionary(uniqueKeysWithValues: entries)
  }

  func encode(to encoder: any Encoder) throws { try values.encode(to: encoder) }
}
