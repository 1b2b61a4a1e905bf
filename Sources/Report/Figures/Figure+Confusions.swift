import Files
import Metrics

extension Figure {
  /// Heat maps of the confusion matrices: what share of each class's pixels is predicted as which.
  static func confusions(_ panel: GridPanel) -> Figure? {
    let rows = panel.rows.filter { !$0.runs.isEmpty }
    guard !rows.isEmpty else { return nil }
    let slug = "\(panel.panel.slug)-confusions"
    let names = panel.classes.names
    let columns = min(4, rows.count)
    let lines = (rows.count + columns - 1) / columns
    // Each map is 340 pixels square; around it is room for the classes' names.
    let (width, height) = (Double(40 + 500 * columns), Double(140 + 530 * lines))
    let (left, right) = (fixed(150 / width, 4), fixed(1 - 50 / width, 4))
    let (bottom, top) = (fixed(240 / height, 4), fixed(1 - 90 / height, 4))
    let (gapX, gapY) = (fixed(160 / width, 4), fixed(190 / height, 4))
    var blocks: [[String]] = []
    let tics = names.enumerated().map { "\(gnuplotQuoted($1)) \($0)" }.joined(separator: ", ")
    var commands = [
      "set multiplot layout \(lines),\(columns) "
        + "title \(gnuplotQuoted("\(panel.title): true classes in rows, predicted ones in columns")) "
        + "font 'sans-serif,20' margins screen \(left),\(right),\(bottom),\(top) "
        + "spacing screen \(gapX),\(gapY)",
      "unset grid", "set border 15", "set cbrange [0:100]",
      "set colorbox horizontal user origin screen \(left),\(fixed(72 / height, 4)) "
        + "size screen \(fixed(300 / width, 4)),\(fixed(14 / height, 4))",
      "set cbtics 50", "set cblabel 'percent of the pixels of the true class'",
      "set palette defined (0 '#FFFFFF', 20 '#C6DBEF', 60 '#4292C6', 100 '#08306B')",
      "set xrange [-0.5:\(names.count).0-0.5]", "set yrange [\(names.count).0-0.5:-0.5]",
      "set xtics rotate by 60 right font 'sans-serif,12' (\(tics))",
      "set ytics font 'sans-serif,12' (\(tics))",
    ]
    for row in rows {
      let total = row.runs.map(\.confusion).dropFirst().reduce(row.runs[0].confusion, +)
      commands += [
        "set title \(gnuplotQuoted(panel.markedLabel(row)))",
        "plot '\(slug).dat' index \(blocks.count) using 2:1:3 with image", "unset colorbox",
      ]
      blocks.append(
        ["# \(row.loss.notation): truth, prediction, percent of the true pixels"]
          + names.indices.flatMap { t in
            let pixels = total.truePixels(of: t)
            return names.indices.map { p in
              let share =
                pixels == 0 ? 0 : 100 * Double(total[truth: t, prediction: p]) / Double(pixels)
              return "\(t) \(p) \(fixed(share, 3))"
            }
          })
    }
    commands.append("unset multiplot")
    return Figure(
      slug: slug, title: "Confusion matrices, \(panel.title)",
      caption:
        "Confusion matrices, \(panel.title): rows are true classes, columns predicted ones, dark "
        + "is a large share of the row's pixels; all seeds together. A class without true pixels is white.",
      data: gnuplotBlocks(blocks), commands: commands, width: Int(width), height: Int(height))
  }
}
