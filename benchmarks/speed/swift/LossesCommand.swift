import ArgumentParser
import Files
import Losses

struct LossesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "losses", abstract: "Measure value and gradient of each loss, from logits.")

  @Option(help: "Images per batch.") var batch = 8
  @Option(help: "Rows of the images.") var rows = 384
  @Option(help: "Columns of the images.") var columns = 768
  @Option(help: "Classes.") var classes = 16
  @Option(help: "Rounds through all losses.") var rounds = 5
  @OptionGroup var speed: SpeedOptions

  func validate() throws {
    try requirePositive([
      ("batch", batch), ("rows", rows), ("columns", columns), ("rounds", rounds),
    ])
    guard (2...255).contains(classes) else {
      throw ValidationError("--classes must be from 2 to 255.")
    }
  }

  func run() throws { try speed.store(measure()) }

  /// - Returns: what was printed.
  func measure() throws -> [Figure] {
    let session = LossSession(
      batch: batch, rows: rows, columns: columns, classes: classes, threads: speed.threadCount)
    let losses = try LossSession.losses.map { try session.loss($0) }
    let samples = try alternate(
      losses.map { loss in Work { try session.evaluate(loss) } }, rounds: rounds)
    let pixels = Double(session.labels.pixels)
    var table = TextTable("\(batch) x \(rows)x\(columns) x \(classes)", "ms", "Mpixel/s")
    let figures = zip(LossSession.losses, samples).map { loss, samples in
      let figure = Figure("losses", loss, "value and gradient", samples)
        .rated(pixels * 1e-6, "Mpixel/s")
      table.add(loss, figure.median.fixed(1), (figure.rate ?? .nan).fixed(1))
      return figure
    }
    print(table.text)
    return figures
  }
}
