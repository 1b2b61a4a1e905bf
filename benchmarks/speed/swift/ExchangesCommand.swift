import ArgumentParser
import Files
import Foundation
import Tensors

/// What an exchange between ranks takes, for the model in docs/scale.md.
struct ExchangesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "exchanges",
    abstract: "Measure exchanges between the ranks of mpirun: latency and bandwidth.",
    discussion: """
      Prints JSON: `latency`, the seconds of a gather of 8 bytes from each rank, which all wait for; and \
      `bandwidth`, the bytes in a second that a rank sends, and receives, where all give one another \
      parts of 4 MiB. Medians.
      """)

  @Option(help: "Exchanges of each kind.") var rounds = 200

  func validate() throws { try requirePositive([("rounds", rounds)]) }

  func run() throws {
    guard let ranks = MPIRanks.start() else {
      throw UserError(
        "exchanges need several ranks: mpirun -n 2 recallbench-speed exchanges, built with make build MPI=1"
      )
    }
    let latency = try time(ranks, bytes: 8) { ranks.gather($0, into: $1) }
    let part = 4 << 20
    let large = try time(ranks, bytes: part) { ranks.gather($0, into: $1) }
    if ranks.rank == 0 {
      let bandwidth = Double(part * (ranks.count - 1)) / large
      print("{\"bandwidth\":\(bandwidth),\"latency\":\(latency),\"ranks\":\(ranks.count)}")
    }
    MPIRanks.finish(ranks)
  }

  /// The median of an exchange's seconds.
  private func time(
    _ ranks: any Communicator, bytes: Int,
    _ exchange: (UnsafeRawBufferPointer, UnsafeMutableRawBufferPointer) -> Void
  ) throws -> Double {
    let part = [UInt8](repeating: 1, count: bytes)
    var all = [UInt8](repeating: 0, count: bytes * ranks.count)
    var samples = Samples()
    for round in 0..<rounds {
      let time = part.withUnsafeBytes { part in
        all.withUnsafeMutableBytes { all in seconds { exchange(part, all) } }
      }
      if round > 0 || rounds == 1 { samples.add(time) }
    }
    return samples.median
  }
}
