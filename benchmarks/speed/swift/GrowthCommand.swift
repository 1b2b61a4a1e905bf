import ArgumentParser
import Experiments
import Files
import Foundation

struct GrowthCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "growth",
    abstract: "Measure step time and memory against image area, batch and width.",
    discussion: """
      Each exponent is the slope of a straight line through the logarithms of the upper half of \
      the points; 1 is linear growth. The number of operations grows with the square of the width.
      """)

  @Option(help: "Rounds through the points of an axis.") var rounds = 5
  @Option(help: ArgumentHelp("Also write the points to this file for gnuplot.", valueName: "file"))
  var points: String?
  @OptionGroup var speed: SpeedOptions

  func validate() throws { try requirePositive([("rounds", rounds)]) }

  private static let base = NetworkCase(
    backbone: .resnet18, width: 0.25, batch: 2, rows: 64, columns: 128)

  /// What is varied, its unit, and the cases with their value.
  private static let axes: [(name: String, points: [(x: Double, networkCase: NetworkCase)])] = [
    (
      "pixels an image",
      [48, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384].map { rows in
        var point = base
        (point.rows, point.columns) = (rows, 2 * rows)
        return (Double(2 * rows * rows), point)
      }
    ),
    (
      "batch",
      [1, 2, 3, 4, 6, 8, 10, 12, 16, 20, 24, 32].map { batch in
        var point = base
        point.batch = batch
        return (Double(batch), point)
      }
    ),
    (
      "width",
      [1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16].map { sixteenths in
        var point = base
        point.width = Double(sixteenths) / 16
        return (point.width, point)
      }
    ),
  ]

  func run() throws {
    var figures: [Figure] = []
    var lines = ["# axis\tvalue\tmilliseconds\tminimum\tmaximum\tpeak bytes"]
    var table = TextTable("", "ms", "peak MiB")
    for axis in Self.axes {
      let children = try axis.points.map { point in
        let child = try Child()
        try child.ask("train \(point.networkCase.command) \(speed.threadCount)")
        return child
      }
      var samples = [Samples](repeating: Samples(), count: children.count)
      for round in 0...rounds {
        for (i, child) in children.enumerated() {
          let time = try child.time("step")
          if round > 0 { samples[i].add(time) }
        }
      }
      let bytes = try children.map { try $0.peakBytes() }
      for (i, point) in axis.points.enumerated() {
        let subject = "\(axis.name) \(point.x)"
        let time = Figure("growth", subject, "training step", samples[i])
        figures += [
          time, Figure("growth", subject, "peak memory", Double(bytes[i]), unit: "bytes"),
        ]
        lines.append(
          "\(axis.name)\t\(point.x)\t\(time.median)\t\(time.minimum)\t\(time.maximum)\t\(bytes[i])"
        )
        table.add(subject, time.median.fixed(2), mebibytes(bytes[i]))
      }
      let values = axis.points.map(\.x)
      let exponents = [samples.map(\.median), bytes.map { Double($0) }].map {
        exponent(values, $0)
      }
      table.add("\(axis.name), exponent", exponents[0].fixed(2), exponents[1].fixed(2))
      for (quantity, value) in zip(["time", "memory"], exponents) {
        figures.append(
          Figure("growth", axis.name, "exponent of \(quantity)", value, unit: "exponent"))
      }
      // Two blank lines separate the parts of a gnuplot file.
      lines += ["", ""]
    }
    print(table.text)
    if let points {
      try AtomicFile.write(lines.joined(separator: "\n"), to: URL(filePath: points))
    }
    try speed.store(figures)
  }

  /// Least squares through the logarithms of the upper half.
  private func exponent(_ x: [Double], _ y: [Double]) -> Double {
    let pairs = zip(x, y).suffix(x.count / 2).map { (log($0), log($1)) }
    let n = Double(pairs.count)
    let meanX = pairs.reduce(0) { $0 + $1.0 } / n
    let meanY = pairs.reduce(0) { $0 + $1.1 } / n
    let slope = pairs.reduce((0.0, 0.0)) {
      ($0.0 + ($1.0 - meanX) * ($1.1 - meanY), $0.1 + ($1.0 - meanX) * ($1.0 - meanX))
    }
    return slope.0 / slope.1
  }
}
