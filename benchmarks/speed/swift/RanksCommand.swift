import ArgumentParser
import Datasets
import Experiments
import Files
import Foundation
import Losses
import Models
import Tensors

/// One network trained by several ranks: what a step takes, and which weights come of it.
struct RanksCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ranks",
    abstract: "Measure training steps of one network on several ranks, and digest its weights.",
    discussion: """
      Under mpirun, in a build with MPI, the ranks are its processes; with --in-process they are \
      threads of this one. The digests of both are the same text: benchmarks/speed/check_ranks.sh. \
      Exchange is the time in which a rank is in calls that wait for others.
      """)

  @Option(help: "Train as so many threads of this process.") var inProcess: Int?
  @Option(help: "Backbone.") var backbone = "resnet18"
  @Option(help: "Channels relative to the published network.") var width = 0.25
  @Option(help: "Images of the whole batch.") var batch = 8
  @Option(help: "Rows of an image.") var rows = 64
  @Option(help: "Columns of an image.") var columns = 128
  @Option(help: "Loss, as in sweep files.") var loss = "ce"
  @Option(help: "Training steps, of which the first is not timed.") var steps = 20
  @Option(help: "Threads of each rank.") var threads = 1
  @Flag(help: "Print the digest alone.") var digest = false
  @Flag(help: "Print JSON: seconds, and what a rank exchanges in a step.") var json = false

  func validate() throws {
    try requirePositive([
      ("in-process", inProcess ?? 1), ("batch", batch), ("rows", rows), ("columns", columns),
      ("steps", steps), ("threads", threads),
    ])
    try NetworkOptions.check(width: width)
  }

  func run() throws {
    let networkCase = try networkCase()
    if let inProcess {
      let reports = ThreadRanks.run(inProcess) { try measure(networkCase, $0) }
      return print(try reports[0].get())
    }
    let ranks = MPIRanks.start()
    let report = try measure(networkCase, ranks)
    if (ranks?.rank ?? 0) == 0 { print(report) }
    MPIRanks.finish(ranks)
  }

  private func networkCase() throws -> NetworkCase {
    guard let backbone = Backbone(rawValue: backbone) else {
      throw UserError("unknown backbone \(quoted(backbone))")
    }
    return NetworkCase(
      backbone: backbone, width: width, batch: batch, rows: rows, columns: columns)
  }

  private func measure(_ networkCase: NetworkCase, _ ranks: (any Communicator)?) throws -> String {
    let timed = ranks.map { TimedCommunicator($0) }
    let session = try TrainingSession(networkCase, loss: loss, threads: threads, ranks: timed)
    var (times, exchanges) = (Samples(), Samples())
    for step in 0..<steps {
      timed?.restart()
      let time = try seconds { try session.step() }
      if step > 0 || steps == 1 {
        times.add(time)
        exchanges.add(timed?.seconds ?? 0)
      }
    }
    if json {
      return try StepReport(
        name: networkCase.name, ranks: ranks?.count ?? 1, threads: threads, step: times.median,
        exchange: exchanges.median, loss: lossSeconds(networkCase),
        gathers: timed?.gathers ?? Traffic(), sums: timed?.sums ?? Traffic()
      ).text()
    }
    let name = "\(networkCase.name), \(loss), \(ranks?.count ?? 1) ranks"
    guard !digest else { return "\(name): weights \(weightsDigest(session))" }
    return "\(name) x \(threads) threads: step \((times.median * 1e3).fixed(1)) ms (least "
      + "\((times.minimum * 1e3).fixed(1))), exchange \((exchanges.median * 1e3).fixed(1)) ms, loss "
      + "\((try lossSeconds(networkCase) * 1e3).fixed(1)) ms, weights \(weightsDigest(session))"
  }

  private func weightsDigest(_ session: TrainingSession) -> String {
    xxh64(
      session.trainer.network.stateDict().reduce(into: Data()) { data, array in
        array.values.withUnsafeBytes { data.append(contentsOf: $0) }
      })
  }

  /// What each rank does of the whole batch: the loss, from enlarging the logits on.
  private func lossSeconds(_ networkCase: NetworkCase) throws -> Double {
    let session = LossSession(
      batch: batch, rows: rows, columns: columns, classes: NetworkCase.classes, threads: threads)
    let loss = try session.loss(self.loss)
    let small = Tensor(
      Shape(n: batch, h: (rows + 15) / 16, w: (columns + 15) / 16, c: NetworkCase.classes))
    return try alternate(
      [
        Work {
          _ = BilinearResize().forward(small, height: rows, width: columns, session.compute)
          try session.evaluate(loss)
        }
      ], rounds: 5)[0].median
  }
}

/// What a rank sends to each other rank in a step.
struct Traffic: Codable {
  var calls = 0
  var bytes = 0

  mutating func add(_ bytes: Int) {
    calls += 1
    self.bytes += bytes
  }
}

/// What `ranks --json` prints of rank 0; times are medians in seconds.
private struct StepReport: Codable {
  var name: String
  var ranks: Int
  var threads: Int
  var step: Double
  /// In calls that wait for other ranks.
  var exchange: Double
  var loss: Double
  /// Exchanges that wait: a rank's own part.
  var gathers: Traffic
  /// Sums of gradients, which go on beside the backward pass: the part for one rank.
  var sums: Traffic

  func text() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }
}

/// Adds up the time that a rank spends in calls that wait, and what it exchanges.
private final class TimedCommunicator: Communicator, @unchecked Sendable {
  private let ranks: any Communicator
  private(set) var seconds = 0.0
  private(set) var gathers = Traffic()
  private(set) var sums = Traffic()

  init(_ ranks: any Communicator) { self.ranks = ranks }

  func restart() { (seconds, gathers, sums) = (0, Traffic(), Traffic()) }

  var rank: Int { ranks.rank }
  var count: Int { ranks.count }

  fileprivate func timed<Value>(_ body: () -> Value) -> Value {
    let start = ContinuousClock.now
    defer { seconds += (ContinuousClock.now - start) / .seconds(1) }
    return body()
  }

  func gather(_ part: UnsafeRawBufferPointer, into all: UnsafeMutableRawBufferPointer) {
    gathers.add(part.count)
    timed { ranks.gather(part, into: all) }
  }

  func broadcast(_ bytes: UnsafeMutableRawBufferPointer, from root: Int) {
    gathers.add(bytes.count)
    timed { ranks.broadcast(bytes, from: root) }
  }

  func startGather(
    _ part: UnsafeRawBufferPointer, into all: UnsafeMutableRawBufferPointer
  ) -> any Exchange { TimedExchange(timed { ranks.startGather(part, into: all) }, self) }

  func startTranspose(
    _ parts: UnsafeRawBufferPointer, into received: UnsafeMutableRawBufferPointer
  ) -> any Exchange {
    sums.add(parts.count / count)
    return TimedExchange(timed { ranks.startTranspose(parts, into: received) }, self)
  }

  func abort(_ line: String) -> Never { ranks.abort(line) }
}

private final class TimedExchange: Exchange {
  private let exchange: any Exchange
  private let ranks: TimedCommunicator

  init(_ exchange: any Exchange, _ ranks: TimedCommunicator) {
    (self.exchange, self.ranks) = (exchange, ranks)
  }

  func isDone() -> Bool { ranks.timed { exchange.isDone() } }
  func wait() { ranks.timed { exchange.wait() } }
}
