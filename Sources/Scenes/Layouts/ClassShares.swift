import Foundation

/// Shares of a rendered data set's pixels by class, next to those of the real one.
package struct ClassShares: Hashable, Sendable {
  package struct Row: Hashable, Sendable {
    package let name: String
    /// Percent of all pixels that are not ignored.
    package let measured: Double
    /// Percent in the real data set, approximately.
    package let published: Double
  }
  package let rows: [Row]
  /// The heading of the published shares.
  private let origin: String

  /// A class of the real data set: its label id and its share of the pixels, percent.
  typealias Entry = (id: Int, name: String, percent: Double)

  init(_ record: RenderedRecord, _ standIn: StandIn?) {
    origin = standIn?.sharesOrigin ?? "published %"
    let table = standIn?.shares ?? []
    let counts = table.map { Double(record.pixels[String($0.id)] ?? 0) }
    let total = max(1, counts.reduce(0, +))
    rows = zip(table, counts).map { entry, count in
      Row(name: entry.name, measured: 100 * count / total, published: entry.percent)
    }
  }

  /// The shares as lines of a Markdown table.
  package var table: String {
    let head = ["| class | rendered % | \(origin) |", "|---|---:|---:|"]
    let lines = rows.map { row in
      "| \(row.name) | \(String(format: "%.2f", row.measured)) | \(String(format: "%.2f", row.published)) |"
    }
    return (head + lines).joined(separator: "\n")
  }
}
