import Foundation

/// Shares of a rendered data set's pixels by class, beside those of the real one.
package struct ClassShares: Hashable, Sendable {
  package struct Row: Hashable, Sendable {
    package let name: String
    /// Percent of all pixels that are not ignored.
    package let measured: Double
    /// Percent in the real data set, approximately.
    package let published: Double
  }
  package let layout: RenderedRecord.Layout
  package let rows: [Row]

  init(_ record: RenderedRecord) {
    layout = record.layout
    let table = layout == .synthia ? Self.synthia : Self.cityscapes
    let counts = table.map { Double(record.pixels[String($0.id)] ?? 0) }
    let total = max(1, counts.reduce(0, +))
    rows = zip(table, counts).map { entry, count in
      Row(name: entry.name, measured: 100 * count / total, published: entry.percent)
    }
  }

  /// The shares as lines of a Markdown table.
  package var table: String {
    let origin =
      layout == .synthia
      ? "aimed at % (our choice: SEQS-05 publishes none)" : "Cityscapes training split %"
    let head = ["| class | rendered % | \(origin) |", "|---|---:|---:|"]
    let lines = rows.map { row in
      "| \(row.name) | \(String(format: "%.2f", row.measured)) | \(String(format: "%.2f", row.published)) |"
    }
    return (head + lines).joined(separator: "\n")
  }

  typealias Entry = (id: Int, name: String, percent: Double)

  /// Cityscapes' training split (label ids of the 19 evaluated classes).
  static let cityscapes: [Entry] = [
    (7, "road", 36.9), (8, "sidewalk", 6.1), (11, "building", 22.8), (12, "wall", 0.7),
    (13, "fence", 0.9), (17, "pole", 1.2), (19, "traffic light", 0.2), (20, "traffic sign", 0.6),
    (21, "vegetation", 15.9), (22, "terrain", 1.2), (23, "sky", 4.0), (24, "person", 1.2),
    (25, "rider", 0.1), (26, "car", 7.0), (27, "truck", 0.3), (28, "bus", 0.2),
    (31, "train", 0.2), (32, "motorcycle", 0.1), (33, "bicycle", 0.4),
  ]

  /// No shares of SYNTHIA-SEQS-05 were found. These are our choice, between the shares counted for
  /// SYNTHIA-RAND-CITYSCAPES (sky 6.9, building 29.3, road 18.4, sidewalk 19.3, fence 0.27,
  /// vegetation 10.3, pole 1.04, car 4.1, sign 0.10, pedestrian 4.3, bicycle 0.22, lane marking
  /// 1.4, traffic light 0.04; its cameras also stand on sidewalks) and what a camera on the
  /// carriageway sees; bicycle is the smallest, as in the paper's account of its data.
  static let synthia: [Entry] = [
    (1, "sky", 12), (2, "building", 28), (3, "road", 26.5), (4, "sidewalk", 11),
    (5, "fence", 0.8), (6, "vegetation", 12), (7, "pole", 0.9), (8, "car", 5),
    (9, "traffic sign", 0.25), (10, "pedestrian", 1.6), (11, "bicycle", 0.08),
    (12, "lane marking", 1.4), (15, "traffic light", 0.15),
  ]
}
